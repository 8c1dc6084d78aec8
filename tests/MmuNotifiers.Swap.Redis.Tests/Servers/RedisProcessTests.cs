namespace MmuNotifiers.Swap.Redis.Tests.Servers;

/// <summary>Whatever ends the test program, no server and no folder stays.</summary>
public sealed class RedisProcessTests
{
    [Fact]
    public async Task A_server_ends_with_its_guard()
    {
        Host.SkipWithoutRedis();
        await using RedisProcess server = await RedisProcess.StartAsync();
        int process = server.ProcessId;
        Assert.True(IsRunning(process));
        server.KillGuard();
        await Eventually.HoldsAsync("the server is gone", () => Task.FromResult(!IsRunning(process)));
    }

    [Fact]
    public async Task A_server_ends_and_its_folder_goes_when_the_guards_input_ends()
    {
        Host.SkipWithoutRedis();
        RedisProcess server = await RedisProcess.StartAsync();
        int process = server.ProcessId;
        Assert.True(Directory.Exists(server.Folder));
        server.Freeze();
        await server.DisposeAsync();
        Assert.False(IsRunning(process));
        Assert.False(Directory.Exists(server.Folder));
    }

    /// <summary>Whether a process runs; one that has ended and that nobody has asked about does not.</summary>
    private static bool IsRunning(int process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/status").Contains("State:\tZ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
