using System.Text.Json.Nodes;
using MmuNotifiers.Cli.Infrastructure;

namespace MmuNotifiers.Cli.Tests.Comparison;

public sealed class ComparisonPageTests
{
    private const int Width = 1240;
    private const int Height = 1500;

    /// <summary>Each canvas of the page: its name, whether Chart.js drew on it, how many bars it has, how many colours.</summary>
    private const string Canvases =
        """
        [...document.querySelectorAll('canvas')].map(canvas => {
          const chart = Chart.getChart(canvas);
          const pixels = new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer);
          return {
            id: canvas.id,
            bars: chart ? chart.data.datasets.reduce((sum, set) => sum + set.data.length, 0) : 0,
            colours: new Set(pixels).size,
          };
        })
        """;

    [Fact]
    public void The_page_is_one_file_that_needs_nothing_else()
    {
        using Scratch scratch = new();
        string page = File.ReadAllText(Compare(scratch));
        Assert.DoesNotContain("src=", page.Split("<script>")[0], StringComparison.Ordinal);
        Assert.DoesNotContain("sourceMappingURL", page, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", page.Split("<script>")[0], StringComparison.Ordinal);
        Assert.Contains("Permission is hereby granted", page, StringComparison.Ordinal);
        Assert.Equal(["page.html"], scratch.Files);
    }

    [Fact]
    public async Task A_browser_shows_the_charts_without_an_error_and_without_a_network()
    {
        Assert.SkipUnless(HeadlessBrowser.Executable is not null, "No Chromium on this host: apt-get install chromium-headless-shell.");
        using Scratch scratch = new();
        string page = Compare(scratch);
        await using HeadlessBrowser browser = await HeadlessBrowser.OpenAsync(page, Width, Height);
        JsonArray canvases = (await browser.EvaluateAsync(Canvases))!.AsArray();
        Assert.Equal(6, canvases.Count);
        Assert.All(canvases, canvas =>
        {
            Assert.True(canvas!["bars"]!.GetValue<int>() > 0, $"{canvas["id"]} has no bars");
            Assert.True(canvas["colours"]!.GetValue<int>() > 3, $"{canvas["id"]} is empty");
        });
        Assert.NotEqual(string.Empty, (await browser.EvaluateAsync("document.getElementById('verdict').textContent"))!.GetValue<string>());
        Assert.True((await browser.EvaluateAsync("document.querySelectorAll('#rows tbody tr').length"))!.GetValue<int>() > 1);

        await browser.EvaluateAsync(
            "for (const select of document.querySelectorAll('select')) { select.selectedIndex = select.length - 1; select.dispatchEvent(new Event('change')); }");
        Assert.All((await browser.EvaluateAsync(Canvases))!.AsArray(), canvas => Assert.True(canvas!["bars"]!.GetValue<int>() > 0));
        byte[] picture = await browser.TakeScreenshotAsync();
        Assert.True(picture.Length > 20_000, $"A picture of {picture.Length} bytes shows nothing.");
        Assert.Empty(browser.Errors);
        Assert.Equal([new Uri(page).AbsoluteUri], browser.Requests.Where(url => !url.StartsWith("data:", StringComparison.Ordinal)));
    }

    private static string Compare(Scratch scratch)
    {
        MmunRun run = MmunRun.Of("compare", Recordings.Smallest, "--rounds", "1", "--html", scratch["page.html"]);
        Assert.Equal(ExitCode.Fine, run.Code);
        return scratch["page.html"];
    }
}
