package io.millrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.message.ApiKey;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** HotSpot leaves methods of more than 8,000 bytes of bytecode interpreted for good: no generated codec method may be one. */
final class MethodSizeTest {
    private static final int HUGE_METHOD_BYTES = 8_000;

    @Test
    void every_generated_method_can_be_compiled() throws Exception {
        Path classes = Path.of(
                ApiKey.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        int largest = 0;
        int methods = 0;
        try (Stream<Path> files = Files.list(classes.resolve("io/millrace/protocol/message"))) {
            for (Path file : files.toList()) {
                ClassModel model = ClassFile.of().parse(file);
                // The table's static initializer runs once and may be long.
                for (MethodModel method : model.methods()) {
                    int bytes = method.findAttribute(java.lang.classfile.Attributes.code())
                            .map(CodeAttribute::codeLength)
                            .orElse(0);
                    methods++;
                    if (!method.methodName().equalsString("<clinit>")) {
                        largest = Math.max(largest, bytes);
                        assertThat(bytes)
                                .as(file.getFileName() + " " + method.methodName())
                                .isLessThan(HUGE_METHOD_BYTES);
                    }
                }
            }
        }
        System.out.println("generated methods=" + methods + " largestBytecodeBytes=" + largest);
        assertThat(methods).isGreaterThan(5_000);
    }
}
