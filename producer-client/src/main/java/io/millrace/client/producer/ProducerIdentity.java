package io.millrace.client.producer;

/**
 * Who a batch says it is from. Immutable. The epoch is the partition's own: brokers keep it by partition, so one partition can start
 * over without the others.
 */
record ProducerIdentity(long producerId, short epoch) {

    /** For producers that are not idempotent. */
    static final ProducerIdentity NONE = new ProducerIdentity(-1, (short) -1);

    boolean canBump() {
        return epoch < Short.MAX_VALUE;
    }

    ProducerIdentity bumped() {
        return new ProducerIdentity(producerId, (short) (epoch + 1));
    }
}
