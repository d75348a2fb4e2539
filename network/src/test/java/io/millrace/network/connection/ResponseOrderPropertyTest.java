package io.millrace.network.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ResponseOrderPropertyTest {

    /** Any order of completion, any mixture of kinds, completed on the loop or elsewhere: answers leave in request order. */
    @Property(tries = 60)
    void answersLeaveInRequestOrder(@ForAll @IntRange(min = 1, max = 120) int requests, @ForAll long seed) {
        ConnectionRig rig = new ConnectionRig(ConnectionLimits.defaults(), false);
        Random random = new Random(seed);
        List<Integer> expected = new ArrayList<>();
        List<Integer> answered = new ArrayList<>();
        int next = 1;
        while (next <= requests || !rig.parked.isEmpty()) {
            if (next <= requests && random.nextBoolean()) {
                rig.request(next++, random.nextInt(200));
            }
            if (!rig.parked.isEmpty() && random.nextBoolean()) {
                complete(rig, rig.parked.remove(random.nextInt(rig.parked.size())), random, expected);
            }
            if (random.nextInt(4) == 0) {
                rig.loop.runOne();
                answered.addAll(rig.answered());
            }
            if (random.nextInt(8) == 0) {
                rig.writable(random.nextBoolean());
            }
            if (next > requests) {
                rig.writable(true);
                rig.loop.runAll();
            }
        }
        rig.loop.runAll();
        answered.addAll(rig.answered());
        expected.sort(null);
        assertThat(answered).isEqualTo(expected);
        rig.finish();
        assertThat(rig.allocator.metric().usedDirectMemory()).isZero();
        assertThat(rig.loop.queued()).isZero();
    }

    private static void complete(ConnectionRig rig, ConnectionRig.Parked one, Random random, List<Integer> expected) {
        int kind = random.nextInt(4);
        if (kind != 0) {
            expected.add(one.id());
        }
        Runnable completion = switch (kind) {
            case 0 ->
                () -> {
                    one.request().frame().release();
                    one.responder().noResponse();
                };
            case 1 -> () -> one.answer(random.nextInt(9_000));
            default -> () -> one.responder().whenHead(() -> one.answer(random.nextInt(9_000)));
        };
        if (random.nextBoolean()) {
            completion.run();
        } else {
            rig.loop.fromOutside(completion);
        }
    }
}
