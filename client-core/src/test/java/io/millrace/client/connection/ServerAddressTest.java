package io.millrace.client.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ServerAddressTest {

    @Test
    void namesLiteralsAndBracketsAreUnderstood() {
        assertThat(ServerAddress.parse("localhost:9092")).isEqualTo(new ServerAddress("localhost", 9092));
        assertThat(ServerAddress.parse(" 10.0.0.1:1 ")).isEqualTo(new ServerAddress("10.0.0.1", 1));
        assertThat(ServerAddress.parse("[::1]:9093")).isEqualTo(new ServerAddress("::1", 9093));
        assertThat(ServerAddress.parse("[fe80::1]")).isEqualTo(new ServerAddress("fe80::1", 9092));
        assertThat(ServerAddress.parse("broker")).isEqualTo(new ServerAddress("broker", 9092));
    }

    @Test
    void textIsWhatParsesToTheSame() {
        for (String text : List.of("localhost:9092", "[::1]:9093")) {
            assertThat(ServerAddress.parse(text)).hasToString(text);
        }
    }

    @Test
    void listsDropBlanksAndDuplicates() {
        assertThat(ServerAddress.parseList("a:1, b:2,,a:1"))
                .containsExactly(new ServerAddress("a", 1), new ServerAddress("b", 2));
    }

    @Test
    void whatIsNoAddressIsRefusedWithAnExample() {
        for (String text : List.of(
                "", ":9092", "a:", "a:x", "a:123456", "a:0", "a:65536", "[::1", "[::1]9092", "a b:1", "kafka://a:1")) {
            assertThatThrownBy(() -> ServerAddress.parse(text)).as(text).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> ServerAddress.parse("::1:9092")).hasMessageContaining("in brackets, e.g. [::1]:9092");
        assertThatThrownBy(() -> ServerAddress.parse("a:x")).hasMessageContaining("host:port, e.g. localhost:9092");
        assertThatThrownBy(() -> ServerAddress.parseList(" , ")).hasMessageContaining("no server named");
    }
}
