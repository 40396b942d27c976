using System.Text;
using System.Xml.Linq;
using MoeOrleans.Reports.Figures.Drawing;

namespace MoeOrleans.Reports.Tests.Figures.Drawing;

public sealed class SvgDocumentTests
{
    private const string Document = """
        <?xml version="1.0" encoding="utf-8" ?>
        <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="100" height="50">
            <clipPath id="cl_9"><rect x="1.23456" y="-0.00001" width="10" height="2.5e-05"/></clipPath>
            <g clip-path="url(#cl_9)">
                <path stroke="red" d="M1.25 2L3.14159 4"/>
                <path stroke="red" d="M5 6L7 8"/>
                <path stroke="blue" d="M9 9L9 9"/>
            </g>
            <text font-family="Other" x="1, 2, 3, " y="10, ">abc </text>
        </svg>
        """;

    private static readonly XElement Tidied = XElement.Parse(SvgDocument.Tidy(new MemoryStream(Encoding.UTF8.GetBytes(Document)), "loss", "Loss & \"accuracy\"", 100, 50));

    [Fact]
    public void Ids_and_references_have_the_figures_name_in_front()
    {
        var clip = Named("clipPath").Single().Attribute("id")!.Value;
        clip.ShouldStartWith("loss-");
        Named("g").Single().Attribute("clip-path")!.Value.ShouldBe($"url(#{clip})");
    }

    [Fact]
    public void Coordinates_are_short_and_never_in_exponents()
    {
        var rect = Named("clipPath").Single().Elements().Single();
        rect.Attributes().Select(attribute => attribute.Value).ShouldBe(["1.23", "0", "10", "0"]);
        Named("path").First().Attribute("d")!.Value.ShouldStartWith("M1.2 2L3.1 4");
    }

    [Fact]
    public void Paths_of_one_look_become_one_and_others_stay()
    {
        Named("path").Select(path => path.Attribute("d")!.Value).ShouldBe(["M1.2 2L3.1 4M5 6L7 8", "M9 9L9 9"]);
    }

    [Fact]
    public void Text_is_one_run_of_letters_in_the_figures_font()
    {
        var text = Named("text").Single();
        (text.Value, text.Attribute("x")!.Value, text.Attribute("y")!.Value).ShouldBe(("abc", "1", "10"));
        text.Attribute("font-family")!.Value.ShouldStartWith("'DejaVu Sans'");
    }

    [Fact]
    public void It_scales_has_a_name_and_a_white_ground()
    {
        Tidied.Attribute("viewBox")!.Value.ShouldBe("0 0 100 50");
        Tidied.Attribute("aria-label")!.Value.ShouldBe("Loss & \"accuracy\"");
        Tidied.Elements().First().Attribute("fill")!.Value.ShouldBe("white");
    }

    private static IEnumerable<XElement> Named(string name) => Tidied.Descendants().Where(element => element.Name.LocalName == name);
}
