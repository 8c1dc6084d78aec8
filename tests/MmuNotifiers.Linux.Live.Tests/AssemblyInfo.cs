// Each virtual machine of the process has a notifier of its own, so that tests that count the kernel's events run one after the other.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
