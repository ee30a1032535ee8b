using System.Collections.Concurrent;
using System.Reflection;
using System.Xml;
using System.Xml.Linq;

namespace DiffuSharp.Recipes;

/// <summary>The documentation comments of an assembly, from the XML file that the compiler writes beside it.</summary>
internal sealed class XmlDocumentation
{
    private static readonly ConcurrentDictionary<Assembly, XmlDocumentation> s_read = new();

    private readonly Dictionary<string, string> _summaries = new(StringComparer.Ordinal);

    private XmlDocumentation(Assembly assembly)
    {
        var path = Path.ChangeExtension(assembly.Location, ".xml");
        if (assembly.Location.Length == 0 || !File.Exists(path))
        {
            return;
        }

        try
        {
            foreach (var member in XDocument.Load(path).Descendants("member"))
            {
                if (member.Attribute("name")?.Value is { } name && member.Element("summary") is { } summary)
                {
                    _summaries[name] = OneLine(string.Concat(summary.Nodes().Select(Text)));
                }
            }
        }
        catch (XmlException)
        {
            _summaries.Clear(); // Help without sentences is still help.
        }
    }

    /// <summary>The comments of an assembly; none where it has no such file.</summary>
    public static XmlDocumentation Of(Assembly assembly) => s_read.GetOrAdd(assembly, static a => new XmlDocumentation(a));

    /// <summary>The summary of a type; empty for none.</summary>
    public string Summary(Type type) => _summaries.GetValueOrDefault($"T:{type.FullName}", "");

    /// <summary>The summary of a property; empty for none.</summary>
    public string Summary(PropertyInfo property) => _summaries.GetValueOrDefault($"P:{property.DeclaringType!.FullName}.{property.Name}", "");

    // References become the last part of their name, code its text.
    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement element when (element.Attribute("cref") ?? element.Attribute("name") ?? element.Attribute("langword")) is { } reference =>
            reference.Value[(reference.Value.AsSpan().LastIndexOfAny(".:") + 1)..],
        XElement element => string.Concat(element.Nodes().Select(Text)),
        _ => "",
    };

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
