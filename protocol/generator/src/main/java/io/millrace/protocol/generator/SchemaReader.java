package io.millrace.protocol.generator;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Parses one schema file: JSON with {@code //} comments in the form that Apache Kafka defines. */
final class SchemaReader {
    private static final Set<String> KINDS =
            Set.of("request", "response", "header", "data", "metadata", "coordinator-key", "coordinator-value");

    private final JsonMapper mapper =
            JsonMapper.builder().enable(JsonReadFeature.ALLOW_JAVA_COMMENTS).build();

    MessageSchema read(String origin, byte[] json) {
        try {
            return message(mapper.readTree(json));
        } catch (IOException e) {
            throw new SchemaException(origin + ": not valid JSON: " + e.getMessage(), e);
        } catch (SchemaException e) {
            throw new SchemaException(origin + ": " + e.getMessage(), e);
        }
    }

    private static MessageSchema message(JsonNode json) {
        String name = required(json, "name");
        String kind = required(json, "type");
        if (!KINDS.contains(kind)) {
            throw new SchemaException("message type '" + kind + "' is not one of " + KINDS);
        }
        // Kafka 4.3 leaves the version out of a few removed messages.
        VersionRange valid = VersionRange.parse(json.path("validVersions").asText("none"));
        if (valid.highest() == Short.MAX_VALUE) {
            throw new SchemaException("validVersions must name a highest version");
        }
        VersionRange flexible = VersionRange.parse(json.path("flexibleVersions").asText("none"));
        List<String> listeners = new ArrayList<>();
        json.path("listeners").forEach(listener -> listeners.add(listener.asText()));
        Map<String, StructSchema> structs = new LinkedHashMap<>();
        for (JsonNode common : json.path("commonStructs")) {
            VersionRange versions = VersionRange.parse(required(common, "versions"));
            struct(
                    required(common, "name"),
                    versions.intersect(valid),
                    common.path("fields"),
                    flexible,
                    valid,
                    structs);
        }
        StructSchema root = new StructSchema(name, valid, fields(json.path("fields"), flexible, valid, structs));
        MessageSchema schema = new MessageSchema(
                name,
                kind,
                json.path("apiKey").asInt(-1),
                valid,
                flexible,
                json.path("latestVersionUnstable").asBoolean(false),
                List.copyOf(listeners),
                root,
                structs);
        if (structs.containsKey(name)) {
            throw new SchemaException("struct " + name + " has the name of its message");
        }
        check(schema, root);
        structs.values().forEach(struct -> check(schema, struct));
        return schema;
    }

    private static void struct(
            String name,
            VersionRange versions,
            JsonNode fields,
            VersionRange flexible,
            VersionRange valid,
            Map<String, StructSchema> structs) {
        StructSchema struct = new StructSchema(name, versions, fields(fields, flexible, valid, structs));
        if (structs.put(name, struct) != null) {
            throw new SchemaException("struct " + name + " is defined twice");
        }
    }

    private static List<FieldSchema> fields(
            JsonNode json, VersionRange flexible, VersionRange valid, Map<String, StructSchema> structs) {
        List<FieldSchema> fields = new ArrayList<>();
        for (JsonNode node : json) {
            FieldSchema field = field(node, flexible, valid);
            fields.add(field);
            if (node.has("fields")) {
                FieldType bare = field.type() instanceof FieldType.Array(FieldType element) ? element : field.type();
                if (!(bare instanceof FieldType.Struct(String structName))) {
                    throw new SchemaException("field " + field.name() + " has fields but is no struct");
                }
                struct(structName, field.versions().intersect(valid), node.path("fields"), flexible, valid, structs);
            }
        }
        return List.copyOf(fields);
    }

    private static FieldSchema field(JsonNode json, VersionRange flexible, VersionRange valid) {
        String name = required(json, "name");
        VersionRange tagged = VersionRange.parse(json.path("taggedVersions").asText("none"));
        // A tagged field may leave out its versions; they are those in which it is tagged.
        VersionRange versions = json.has("versions") ? VersionRange.parse(required(json, "versions")) : tagged;
        int tag = json.path("tag").asInt(-1);
        VersionRange live = versions.intersect(valid);
        if ((tag >= 0) == tagged.isEmpty()) {
            throw new SchemaException("field " + name + ": tag and taggedVersions belong together");
        }
        if (tag >= 0 && (!tagged.containsAll(live) || !flexible.containsAll(live))) {
            throw new SchemaException("field " + name + ": a tagged field must be tagged, and its message flexible, in "
                    + "every version that has it");
        }
        JsonNode own = json.path("flexibleVersions");
        return new FieldSchema(
                name,
                FieldType.parse(required(json, "type")),
                versions,
                VersionRange.parse(json.path("nullableVersions").asText("none")),
                tagged,
                tag,
                own.isMissingNode() ? flexible : VersionRange.parse(own.asText()),
                defaultText(json),
                json.path("ignorable").asBoolean(false),
                json.path("about").asText(""));
    }

    private static @Nullable String defaultText(JsonNode json) {
        // Only the text "null" makes null the default; a JSON null is the same as no default, as Kafka's own generator
        // has it.
        JsonNode value = json.get("default");
        return value == null || value.isNull() ? null : value.asText();
    }

    private static void check(MessageSchema schema, StructSchema struct) {
        Set<Integer> tags = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (FieldSchema field : struct.fields()) {
            if (!names.add(field.javaName())) {
                throw new SchemaException(struct.name() + " has two fields named " + field.javaName());
            }
            if (field.isTagged() && !tags.add(field.tag())) {
                throw new SchemaException(struct.name() + " uses tag " + field.tag() + " twice");
            }
            if (field.type() instanceof FieldType.Array(FieldType element)) {
                VersionRange live = field.versions().intersect(schema.validVersions());
                if (!live.isEmpty() && schema.smallestElementBytes(element, live) < 1) {
                    throw new SchemaException(
                            field.name() + ": an element could take no bytes, so a count has no bound");
                }
            }
        }
    }

    private static String required(JsonNode json, String key) {
        JsonNode value = json.get(key);
        if (value == null || !value.isTextual()) {
            throw new SchemaException(
                    "'" + key + "' is missing in " + json.path("name").asText("the message"));
        }
        return value.asText();
    }
}
