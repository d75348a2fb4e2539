package io.millrace.protocol.generator;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Writes {@code ApiKey}, the table of all APIs, and {@code ApiMessages}, which finds a message class by API. */
final class ApiTableSource {
    /** The only response whose header never has tagged fields: a client reads it before it knows what the broker speaks. */
    private static final String FIXED_RESPONSE_HEADER = "ApiVersions";

    private record Api(MessageSchema request, MessageSchema response) {
        String name() {
            return request.name().substring(0, request.name().length() - "Request".length());
        }

        String constant() {
            return JavaNames.constant(name());
        }
    }

    private final String javaPackage;
    private final List<Api> apis;

    ApiTableSource(List<MessageSchema> messages, String javaPackage) {
        this.javaPackage = javaPackage;
        Map<Integer, MessageSchema> responses = new HashMap<>();
        for (MessageSchema message : messages) {
            if (message.kind().equals("response") && !message.validVersions().isEmpty()) {
                responses.put(message.apiKey(), message);
            }
        }
        this.apis = messages.stream()
                .filter(message -> message.kind().equals("request")
                        && !message.validVersions().isEmpty())
                .sorted(Comparator.comparingInt(MessageSchema::apiKey))
                .map(request -> new Api(request, responseOf(request, responses)))
                .toList();
    }

    private static MessageSchema responseOf(MessageSchema request, Map<Integer, MessageSchema> responses) {
        MessageSchema response = responses.get(request.apiKey());
        if (response == null || !response.validVersions().equals(request.validVersions())) {
            throw new SchemaException(request.name() + " has no response of the same versions");
        }
        return response;
    }

    String apiKeyText() {
        SourceText out = head();
        out.line("import java.util.Set;");
        out.line("import javax.annotation.processing.Generated;");
        out.line("import org.jspecify.annotations.NullMarked;");
        out.line("import org.jspecify.annotations.Nullable;");
        out.line("");
        out.line(
                "/** Every API of the protocol that still exists, with the versions its schema knows. What a broker offers is its own table. */");
        out.line("@NullMarked");
        out.line("@Generated(\"io.millrace.protocol.generator\")");
        out.line("public enum ApiKey {");
        for (int i = 0; i < apis.size(); i++) {
            out.line("/** {@link " + apis.get(i).request().name() + "} and {@link "
                    + apis.get(i).response().name() + "}. */");
            out.line(constantLine(apis.get(i)) + (i == apis.size() - 1 ? ";" : ","));
        }
        out.line("");
        out.line("/** Who serves an API. */");
        out.line("public enum Listener {");
        TreeSet<String> listeners = new TreeSet<>();
        apis.forEach(api -> listeners.addAll(api.request().listeners()));
        for (String listener : listeners) {
            out.line("/** The listener named {@code " + listener + "} in the schemas. */");
            out.line(JavaNames.constant(listener) + (listener.equals(listeners.last()) ? "" : ","));
        }
        out.line("}");
        out.lines(API_KEY_BODY.split("\n"));
        out.line("}");
        return out.toString();
    }

    private static String constantLine(Api api) {
        MessageSchema request = api.request();
        VersionRange flexible = request.flexibleVersions().intersect(request.validVersions());
        VersionRange flexibleResponse =
                api.response().flexibleVersions().intersect(api.response().validVersions());
        boolean fixedHeader = flexibleResponse.isEmpty() || api.name().equals(FIXED_RESPONSE_HEADER);
        List<String> listeners = request.listeners().stream()
                .map(name -> "Listener." + JavaNames.constant(name))
                .toList();
        return api.constant() + "((short) " + request.apiKey() + ", \"" + api.name() + "\", (short) "
                + request.validVersions().lowest() + ", (short) "
                + request.validVersions().highest() + ", "
                + request.latestUnstable() + ", (short) " + (flexible.isEmpty() ? Short.MAX_VALUE : flexible.lowest())
                + ", (short) " + (fixedHeader ? Short.MAX_VALUE : flexibleResponse.lowest()) + ", Set.of("
                + String.join(", ", listeners) + "))";
    }

    String apiMessagesText() {
        SourceText out = head();
        out.line("import io.millrace.protocol.Message;");
        out.line("import io.netty.buffer.ByteBuf;");
        out.line("import javax.annotation.processing.Generated;");
        out.line("import org.jspecify.annotations.NullMarked;");
        out.line("");
        out.line("/** Decodes the request or response of an API without naming its class. */");
        out.line("@NullMarked");
        out.line("@Generated(\"io.millrace.protocol.generator\")");
        out.line("public final class ApiMessages {");
        out.line("private ApiMessages() {}");
        out.line("");
        out.line("/** Decodes a request body; errors as in the message's own read. */");
        out.line("public static Message readRequest(ApiKey api, ByteBuf in, short version) {");
        out.line("return switch (api) {");
        apis.forEach(api ->
                out.line("case " + api.constant() + " -> " + api.request().name() + ".read(in, version);"));
        out.line("};");
        out.line("}");
        out.line("");
        out.line("/** Decodes a response body; errors as in the message's own read. */");
        out.line("public static Message readResponse(ApiKey api, ByteBuf in, short version) {");
        out.line("return switch (api) {");
        apis.forEach(api ->
                out.line("case " + api.constant() + " -> " + api.response().name() + ".read(in, version);"));
        out.line("};");
        out.line("}");
        out.line("}");
        return out.toString();
    }

    private SourceText head() {
        SourceText out = new SourceText();
        out.line("// Generated from the message schemas. Do not edit.");
        out.line("package " + javaPackage + ";");
        out.line("");
        return out;
    }

    private static final String API_KEY_BODY = """

            private static final @Nullable ApiKey[] BY_ID = byId();

            private final short id;
            private final String displayName;
            private final short lowestVersion;
            private final short highestVersion;
            private final boolean latestVersionUnstable;
            private final short firstFlexibleVersion;
            private final short firstTaggedResponseHeader;
            private final Set<Listener> listeners;

            ApiKey(
            short id,
            String displayName,
            short lowestVersion,
            short highestVersion,
            boolean latestVersionUnstable,
            short firstFlexibleVersion,
            short firstTaggedResponseHeader,
            Set<Listener> listeners) {
            this.id = id;
            this.displayName = displayName;
            this.lowestVersion = lowestVersion;
            this.highestVersion = highestVersion;
            this.latestVersionUnstable = latestVersionUnstable;
            this.firstFlexibleVersion = firstFlexibleVersion;
            this.firstTaggedResponseHeader = firstTaggedResponseHeader;
            this.listeners = listeners;
            }

            private static @Nullable ApiKey[] byId() {
            int highest = 0;
            for (ApiKey api : values()) {
            highest = Math.max(highest, api.id);
            }
            @Nullable ApiKey[] table = new ApiKey[highest + 1];
            for (ApiKey api : values()) {
            table[api.id] = api;
            }
            return table;
            }

            /** The API with this number, or null when no such API exists or Kafka removed it. */
            public static @Nullable ApiKey of(short id) {
            return id < 0 || id >= BY_ID.length ? null : BY_ID[id];
            }

            /** The number on the wire. */
            public short id() {
            return id;
            }

            /** The name as Kafka prints it, such as {@code ListOffsets}. */
            public String displayName() {
            return displayName;
            }

            /** The lowest version the schema knows. */
            public short lowestVersion() {
            return lowestVersion;
            }

            /** The highest version the schema knows, stable or not. */
            public short highestVersion() {
            return highestVersion;
            }

            /** The highest version that will not change any more; below {@link #lowestVersion()} when there is none. */
            public short highestStableVersion() {
            return latestVersionUnstable ? (short) (highestVersion - 1) : highestVersion;
            }

            /** Whether {@link #highestVersion()} may still change. */
            public boolean latestVersionUnstable() {
            return latestVersionUnstable;
            }

            /** The first version with compact lengths and tagged fields; {@link Short#MAX_VALUE} when there is none. */
            public short firstFlexibleVersion() {
            return firstFlexibleVersion;
            }

            /** Who serves this API. */
            public Set<Listener> listeners() {
            return listeners;
            }

            /** Whether the schema knows this version. */
            public boolean supports(short version) {
            return version >= lowestVersion && version <= highestVersion;
            }

            /** The version of the request header that goes with a request of {@code version}. */
            public short requestHeaderVersion(short version) {
            return version >= firstFlexibleVersion ? (short) 2 : (short) 1;
            }

            /** The version of the response header that goes with a response of {@code version}. */
            public short responseHeaderVersion(short version) {
            return version >= firstTaggedResponseHeader ? (short) 1 : (short) 0;
            }
            """;
}
