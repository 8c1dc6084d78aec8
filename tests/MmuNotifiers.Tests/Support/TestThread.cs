using System.Runtime.ExceptionServices;

namespace MmuNotifiers.Tests.Support;

/// <summary>A thread whose failure fails the test, and of which a test can say that it blocks.</summary>
internal sealed class TestThread
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly Thread _thread;
    private Exception? _failure;

    private TestThread(Action body)
    {
        _thread = new Thread(() =>
        {
            try
            {
                body();
            }
#pragma warning disable CA1031 // Handed to the test's thread.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                _failure = exception;
            }
        })
        {
            IsBackground = true,
        };
        _thread.Start();
    }

    internal static TestThread Run(Action body) => new(body);

    /// <summary>Waits until the thread sleeps in a wait. A thread that goes on instead ends, and fails the assertion.</summary>
    internal void AssertBlocks()
    {
        long deadline = Environment.TickCount64 + (long)Limit.TotalMilliseconds;
        while ((_thread.ThreadState & ThreadState.WaitSleepJoin) == 0)
        {
            Assert.True(_thread.IsAlive, $"The thread ended instead of waiting. {_failure}");
            Assert.True(Environment.TickCount64 < deadline, "The thread neither ended nor waited.");
            Thread.Yield();
        }
    }

    internal void Join()
    {
        Assert.True(_thread.Join(Limit), "The thread did not end.");
        if (_failure is not null)
        {
            ExceptionDispatchInfo.Throw(_failure);
        }
    }
}
