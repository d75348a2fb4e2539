package io.millrace.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class BrokerConfigTest {

    private static BrokerConfig parse(String... pairs) {
        Map<String, String> overrides = new java.util.LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            overrides.put(pairs[i], pairs[i + 1]);
        }
        return BrokerConfig.parse(overrides, false, 4);
    }

    @Test
    void defaultsAreWhatTheReferenceSays() {
        BrokerConfig config = parse();
        assertThat(config.nodeId()).isEqualTo(1);
        assertThat(config.shards()).isEqualTo(3);
        assertThat(config.listeners())
                .containsExactly(new ListenerConfig("PLAINTEXT", "localhost", 9092, "localhost", 0));
        assertThat(config.topics()).isEqualTo(new BrokerConfig.TopicDefaults(1, 1, true, true, "synced"));
        assertThat(config.fetchMaxBytes()).isEqualTo(16 * 1024 * 1024);
        assertThat(config.connections().requestMaxBytes()).isEqualTo(100 * 1024 * 1024);
    }

    @Test
    void theAdminPortIsOnAndExactOnlyWhenAskedFor() {
        assertThat(parse().admin()).isEqualTo(new BrokerConfig.AdminListener("localhost", 9644, false));
        assertThat(parse("millrace.admin.port", "9644").admin())
                .isEqualTo(new BrokerConfig.AdminListener("localhost", 9644, true));
        assertThat(parse("millrace.admin.port", "-1").admin().port()).isEqualTo(BrokerConfig.AdminListener.NO_PORT);
        assertThatThrownBy(() -> parse("millrace.admin.port", "65536")).isInstanceOf(ConfigException.class);
    }

    @Test
    void oneShardServesUpToTwoCores() {
        assertThat(BrokerConfig.parse(Map.of(), false, 1).shards()).isEqualTo(1);
        assertThat(BrokerConfig.parse(Map.of(), false, 2).shards()).isEqualTo(1);
        assertThat(BrokerConfig.parse(Map.of(), false, 3).shards()).isEqualTo(2);
        assertThat(parse("millrace.shards", "7").shards()).isEqualTo(7);
    }

    @Test
    void whatWouldBeServedOtherwiseThanItReadsIsRefused() {
        assertThatThrownBy(() -> parse("log.dirs", "/disk1,/disk2")).hasMessageContaining("this build uses one");
        for (String name : new String[] {"SSL", "sasl_ssl", "SASL_PLAINTEXT"}) {
            assertThatThrownBy(() -> parse("listeners", name + "://localhost:9093"))
                    .hasMessageContaining("no TLS or SASL yet");
        }
    }

    @Test
    void anUnknownKeyNamesTheNearest() {
        assertThatThrownBy(() -> parse("num.partition", "3"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("num.partition'")
                .hasMessageContaining("did you mean 'num.partitions'?");
        assertThatThrownBy(() -> parse("zookeeper.connect", "localhost:2181"))
                .hasMessageContaining("docs/reference/config.md");
    }

    @Test
    void aBadValueSaysWhatWouldBeGood() {
        assertThatThrownBy(() -> parse("num.partitions", "many"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("'many'")
                .hasMessageContaining("a whole number from 1");
        assertThatThrownBy(() -> parse("num.partitions", "0")).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> parse("millrace.durability", "maybe")).hasMessageContaining("synced, written");
    }

    @Test
    void listenersHaveTheirOwnAdvertisedAddresses() {
        BrokerConfig config = parse(
                "listeners", "IN://127.0.0.1:0, OUT://[::1]:9093",
                "advertised.listeners", "OUT://broker.example:443");
        assertThat(config.listeners())
                .containsExactly(
                        new ListenerConfig("IN", "127.0.0.1", 0, "127.0.0.1", 0),
                        new ListenerConfig("OUT", "::1", 9093, "broker.example", 443));
    }

    @Test
    void plaintextBeyondLoopbackIsRefused() {
        assertThatThrownBy(() -> parse("listeners", "PLAINTEXT://192.0.2.1:9092"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("--allow-plaintext");
        assertThatThrownBy(() -> parse("millrace.admin.host", "*"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("millrace.admin.host");
    }

    @Test
    void plaintextBeyondLoopbackIsServedOnceAllowed() {
        BrokerConfig config = parse(
                "millrace.allow.plaintext",
                "true",
                "listeners",
                "PLAINTEXT://192.0.2.1:9092",
                "millrace.admin.host",
                "*");
        assertThat(config.listeners().getFirst().host()).isEqualTo("192.0.2.1");
        assertThat(config.admin().host()).isEqualTo("*");
    }

    @Test
    void aListenerThatCannotBeToldToClientsIsRefused() {
        assertThatThrownBy(() -> parse("listeners", "PLAINTEXT://:9092")).hasMessageContaining("advertised.listeners");
        assertThatThrownBy(() -> parse("listeners", "PLAINTEXT//localhost")).hasMessageContaining("NAME://host:port");
        assertThatThrownBy(() -> parse("listeners", "A://localhost:99999")).hasMessageContaining("99999");
        assertThatThrownBy(() -> parse("advertised.listeners", "OTHER://h:1")).hasMessageContaining("OTHER");
    }

    @Test
    void listenersThatCouldNotBeToldApartAreRefused() {
        assertThatThrownBy(() -> parse("listeners", "IN://localhost:9092,IN://localhost:9093"))
                .hasMessageContaining("'IN' twice");
        assertThatThrownBy(() -> parse("listeners", "IN://localhost:9092", "advertised.listeners", "IN://a:1,IN://b:1"))
                .hasMessageContaining("'IN' twice");
    }

    @Test
    void anAddressThatNobodyCanConnectToIsNotAdvertised() {
        for (String host : new String[] {"0.0.0.0", "[::]"}) {
            assertThatThrownBy(() ->
                            parse("listeners", "IN://localhost:9092", "advertised.listeners", "IN://" + host + ":9092"))
                    .hasMessageContaining("every address");
        }
    }

    @Test
    void aNameThatBeginsLikeALoopbackAddressIsNone() {
        assertThatThrownBy(() -> parse("listeners", "IN://127.example.com:9092"))
                .hasMessageContaining("unencrypted");
        assertThat(parse("listeners", "IN://127.0.0.2:9092").listeners()).hasSize(1);
    }
}
