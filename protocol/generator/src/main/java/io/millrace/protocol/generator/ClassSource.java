package io.millrace.protocol.generator;

/** Writes the Java file of one message: the class itself and a nested class per struct. */
final class ClassSource {
    static final String RUNTIME_PACKAGE = "io.millrace.protocol";

    private final MessageSchema message;
    private final String javaPackage;
    private final SourceText out = new SourceText();

    ClassSource(MessageSchema message, String javaPackage) {
        this.message = message;
        this.javaPackage = javaPackage;
    }

    String text() {
        out.line("// Generated from the message schema " + message.name() + ". Do not edit.");
        out.line("package " + javaPackage + ";");
        out.line("");
        for (String type : new String[] {
            "Defaults",
            "ErrorCodeVisitor",
            "FieldSizes",
            "MalformedMessageException",
            "Message",
            "MessageReader",
            "MessageWriter",
            "RecordsPayload",
            "Uuid",
            "Versions"
        }) {
            out.line("import " + RUNTIME_PACKAGE + "." + type + ";");
        }
        out.line("import io.netty.buffer.ByteBuf;");
        out.line("import io.netty.buffer.Unpooled;");
        out.line("import java.nio.ByteBuffer;");
        out.line("import java.util.ArrayList;");
        out.line("import java.util.Arrays;");
        out.line("import java.util.List;");
        out.line("import java.util.Objects;");
        out.line("import javax.annotation.processing.Generated;");
        out.line("import org.jspecify.annotations.NullMarked;");
        out.line("import org.jspecify.annotations.Nullable;");
        out.line("");
        out.line("/**");
        out.line(" * {@code " + message.name() + "}, a " + message.kind() + " message, versions "
                + message.validVersions().lowest() + " to "
                + message.validVersions().highest()
                + ". Mutable; owned by whoever holds it, not thread-safe.");
        out.line(" */");
        out.line("@NullMarked");
        out.line("@Generated(\"io.millrace.protocol.generator\")");
        out.line("public final class " + message.name() + " implements Message {");
        constants();
        body(message.root());
        entryPoints();
        for (StructSchema struct : message.structs().values()) {
            if (!struct.versions().isEmpty()) {
                out.line("");
                out.line("/** The struct {@code " + struct.name() + "} of {@link " + message.name() + "}. */");
                out.line("public static final class " + struct.name() + " {");
                body(struct);
                out.line("}");
            }
        }
        out.line("}");
        return out.toString();
    }

    private void constants() {
        if (message.apiKey() >= 0) {
            out.line("/** The API key or record type. */");
            out.line("public static final short API_KEY = " + message.apiKey() + ";");
            out.line("");
        }
        out.line("/** The lowest version that exists. */");
        out.line("public static final short LOWEST_VERSION = "
                + message.validVersions().lowest() + ";");
        out.line("");
        out.line("/** The highest version that exists, unstable or not. */");
        out.line("public static final short HIGHEST_VERSION = "
                + message.validVersions().highest() + ";");
        out.line("");
        out.line("/** Whether {@link #HIGHEST_VERSION} may still change. */");
        out.line("public static final boolean LATEST_VERSION_UNSTABLE = " + message.latestUnstable() + ";");
        out.line("");
        VersionRange flexible = message.flexibleVersions().intersect(message.validVersions());
        out.line(
                "/** The first version with compact lengths and tagged fields; {@link Short#MAX_VALUE} when there is none. */");
        out.line("public static final short FIRST_FLEXIBLE_VERSION = "
                + (flexible.isEmpty() ? Short.MAX_VALUE : flexible.lowest()) + ";");
        out.line("");
    }

    private void body(StructSchema struct) {
        for (FieldSchema field : struct.fields()) {
            out.line("private " + JavaTypes.declared(field) + " " + field.javaName() + " = " + JavaTypes.initial(field)
                    + ";");
        }
        for (FieldSchema field : struct.fields()) {
            accessors(struct, field);
        }
        new ReadSource(message, struct, out).write();
        new WriteSource(message, struct, out).write();
        new RecordsSource(message, struct, out).write();
        new ErrorCodesSource(message, struct, out).write();
        new IdentitySource(struct, out).write();
    }

    private void accessors(StructSchema struct, FieldSchema field) {
        String type = JavaTypes.declared(field);
        String name = field.javaName();
        out.line("");
        out.line("/** " + JavaNames.javadoc(field.about().isBlank() ? "The field " + field.name() + "." : field.about())
                + " */");
        out.line("public " + type + " " + name + "() {");
        out.line("return this." + name + ";");
        out.line("}");
        out.line("");
        out.line("/** Sets {@link #" + name + "()}. */");
        out.line("public " + struct.name() + " " + name + "(" + type + " " + name + ") {");
        out.line("this." + name + " = " + name + ";");
        out.line("return this;");
        out.line("}");
    }

    private void entryPoints() {
        String name = message.name();
        out.line("");
        out.line("/**");
        out.line(" * Decodes one message and leaves the reader index after it.");
        out.line(" *");
        out.line(
                " * @throws MalformedMessageException when the bytes are not such a message, or the version does not exist");
        out.line(" */");
        out.line("public static " + name + " read(ByteBuf in, short version) {");
        out.line("Versions.checkDecodable(\"" + name + "\", version, LOWEST_VERSION, HIGHEST_VERSION);");
        String reader = name.endsWith("Request") ? "MessageReader.ofRequest" : "new MessageReader";
        out.line("MessageReader reader = " + reader + "(in);");
        if (message.holdsRecords(message.root())) {
            out.line("try {");
            out.line(name + " it = readFields(reader, version);");
            out.line("reader.finish();");
            out.line("return it;");
            out.line("} catch (RuntimeException e) {");
            out.line("reader.abandon();");
            out.line("throw e;");
            out.line("}");
        } else {
            out.line(name + " it = readFields(reader, version);");
            out.line("reader.finish();");
            out.line("return it;");
        }
        out.line("}");
        out.line("");
        out.line("/** As {@link #read(ByteBuf, short)}, and moves the buffer's position after the message. */");
        out.line("public static " + name + " read(ByteBuffer in, short version) {");
        out.line("ByteBuf bytes = Unpooled.wrappedBuffer(in);");
        out.line(name + " it = read(bytes, version);");
        out.line("in.position(in.position() + bytes.readerIndex());");
        out.line("return it;");
        out.line("}");
        out.line("");
        out.lines("@Override", "public short apiKey() {");
        out.line("return " + (message.apiKey() >= 0 ? "API_KEY" : "-1") + ";");
        out.line("}");
        out.line("");
        out.lines("@Override", "public short lowestVersion() {", "return LOWEST_VERSION;", "}", "");
        out.lines("@Override", "public short highestVersion() {", "return HIGHEST_VERSION;", "}");
    }
}
