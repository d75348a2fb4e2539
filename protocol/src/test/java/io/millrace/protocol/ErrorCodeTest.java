package io.millrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

final class ErrorCodeTest {

    @Test
    void numbers_names_and_retriability_are_kafkas() {
        assertThat(ErrorCode.values()).hasSameSizeAs(Errors.values());
        for (Errors kafka : Errors.values()) {
            ErrorCode ours = ErrorCode.of(kafka.code());
            assertThat(ours.name()).isEqualTo(kafka.name());
            assertThat(ours.code()).isEqualTo(kafka.code());
            assertThat(ours.retriable()).as(ours.name()).isEqualTo(kafka.exception() instanceof RetriableException);
        }
    }

    @Test
    void a_number_nobody_defined_is_an_unknown_error() {
        assertThat(ErrorCode.of((short) 9_999)).isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR);
        assertThat(ErrorCode.of((short) -2)).isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR);
    }

    @Test
    void every_code_has_a_text_of_its_own() {
        Set<String> texts = new HashSet<>();
        for (ErrorCode error : ErrorCode.values()) {
            assertThat(error.message()).isNotBlank().doesNotEndWith(".");
            assertThat(texts.add(error.message())).as(error.name()).isTrue();
        }
    }
}
