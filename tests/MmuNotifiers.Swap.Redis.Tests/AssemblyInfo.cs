// Each test measures or disturbs servers of its own on the same few cores: one after another, they keep their times.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
[assembly: AssemblyFixture(typeof(MmuNotifiers.Swap.Redis.Tests.Servers.SharedServers))]
