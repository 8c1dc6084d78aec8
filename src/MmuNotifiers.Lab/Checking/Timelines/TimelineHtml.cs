using System.Net;

namespace MmuNotifiers.Lab.Checking;

/// <summary>Writes a timeline as a page: the picture, and the text for those who search or copy.</summary>
internal static class TimelineHtml
{
    private const int TextWidth = 140;

    internal static string Write(Timeline timeline) => $$"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{{WebUtility.HtmlEncode($"{timeline.Scenario} {timeline.Heading}")}}</title>
        <style>
        body { margin: 1.5rem; font: 15px/1.5 system-ui, sans-serif; color: #1f2328; background: #fff }
        .picture { overflow-x: auto; border: 1px solid #d0d7de; border-radius: 6px }
        pre { overflow-x: auto; font-size: 12px; line-height: 1.35 }
        h1 { font-size: 1.2rem } summary { cursor: pointer }
        </style>
        </head>
        <body>
        <h1>{{WebUtility.HtmlEncode($"{timeline.Scenario} {timeline.Heading}")}}</h1>
        <p>{{WebUtility.HtmlEncode(timeline.Sentence)}}</p>
        <div class="picture">
        {{timeline.ToSvg()}}
        </div>
        <details>
        <summary>As text</summary>
        <pre>{{WebUtility.HtmlEncode(timeline.ToText(TextWidth))}}</pre>
        </details>
        </body>
        </html>
        """;
}
