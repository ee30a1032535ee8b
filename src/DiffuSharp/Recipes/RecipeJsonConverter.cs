using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace DiffuSharp.Recipes;

/// <summary>Recipes in JSON: <c>{"name": "dpmpp", "order": 3}</c> with all options, or the text of a recipe. For properties whose type is a kind or a recipe.</summary>
public sealed class RecipeJsonConverter : JsonConverterFactory
{
    private const string NameField = "name";

    /// <inheritdoc/>
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsSubclassOf(typeof(Recipe));

    /// <inheritdoc/>
    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(typeToConvert))!;

    /// <summary>A recipe as a JSON object.</summary>
    public static JsonObject Write(Recipe recipe)
    {
        var json = new JsonObject { [NameField] = recipe.Type.Name };
        foreach (var option in recipe.Type.Options)
        {
            json[option.Name] = Node(option.Get(recipe));
        }

        return json;
    }

    /// <summary>Reads a recipe.</summary>
    /// <exception cref="InvalidInputException">It is no recipe of the kind; one line.</exception>
    public static Recipe Read(RecipeKind kind, JsonNode? json)
    {
        switch (json)
        {
            case JsonValue value when value.TryGetValue<string>(out var text):
                return RecipeText.Parse(kind, text);
            case JsonObject fields when fields[NameField] is JsonValue name && name.TryGetValue<string>(out var word):
                var options = fields.Where(field => field.Key != NameField && field.Value is not null).Select(field => (field.Key, Text(kind, field.Value!)));
                return RecipeText.Parse(kind, word, options);
            default:
                throw new InvalidInputException($"a {kind.Name} is written as an object with a name, or as text such as name:key=value");
        }
    }

    // Infinities have no number in JSON.
    private static JsonNode? Node(object? value) => value switch
    {
        null => null,
        bool truth => JsonValue.Create(truth),
        int number => JsonValue.Create(number),
        long number => JsonValue.Create(number),
        double number when double.IsFinite(number) => JsonValue.Create(number),
        Recipe recipe => Write(recipe),
        _ => JsonValue.Create(RecipeValue.Write(value)),
    };

    private static string Text(RecipeKind kind, JsonNode value) => value switch
    {
        JsonValue scalar => scalar.TryGetValue<string>(out var text) ? text : scalar.ToJsonString(),
        JsonObject inner => string.Join(':', new[]
        {
            inner[NameField]?.ToString() ?? "",
            string.Join(',', inner.Where(f => f.Key != NameField && f.Value is not null).Select(f => $"{f.Key}=({Text(kind, f.Value!)})")),
        }.Where(part => part.Length > 0)),
        _ => throw new InvalidInputException($"an option of a {kind.Name} is a number, a word, a truth value, a text or a recipe"),
    };

    private sealed class Of<T> : JsonConverter<T>
        where T : Recipe
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            try
            {
                return (T)RecipeJsonConverter.Read(RecipeCatalog.KindOf(typeof(T)), JsonNode.Parse(ref reader));
            }
            catch (Exception error) when (error is InvalidInputException or InvalidCastException)
            {
                throw new JsonException(error.Message, error);
            }
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => RecipeJsonConverter.Write(value).WriteTo(writer, options);
    }
}
