package io.millrace.network.connection;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResponseOrderTest {

    @Test
    void theHeadIsTheOldestAndIsReadyOnlyByItself() {
        ConnectionRig rig = new ConnectionRig(ConnectionLimits.defaults(), false);
        ResponseOrder order = new ResponseOrder();
        ResponseSlot first = new ResponseSlot(rig.connection, 1);
        ResponseSlot second = new ResponseSlot(rig.connection, 1);
        order.add(first);
        order.add(second);
        second.whenHead(() -> {});
        assertThat(order.size()).isEqualTo(2);
        assertThat(order.head()).isSameAs(first);
        assertThat(order.isHead(second)).isFalse();
        assertThat(order.headReady()).isFalse();
        order.removeHead();
        assertThat(order.isHead(second)).isTrue();
        assertThat(order.headReady()).isTrue();
        second.runHeadTask();
        assertThat(order.headReady()).isFalse();
        order.removeHead();
        assertThat(order.isEmpty()).isTrue();
        assertThat(order.head()).isNull();
        assertThat(order.headReady()).isFalse();
        rig.finish();
    }
}
