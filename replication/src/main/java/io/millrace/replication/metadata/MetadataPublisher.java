package io.millrace.replication.metadata;

import io.millrace.runtime.EventLoop;
import java.util.ArrayList;
import java.util.List;

/**
 * Hands the newest committed image to everybody. Written by the control loop only; {@link #image()} may be read from any
 * thread, and each subscriber hears on its own loop.
 */
public final class MetadataPublisher {

    private record Subscription(EventLoop loop, MetadataSubscriber subscriber) {}

    private final EventLoop controlLoop;
    private final List<Subscription> subscriptions = new ArrayList<>();
    private volatile MetadataImage image = MetadataImage.EMPTY;

    public MetadataPublisher(EventLoop controlLoop) {
        this.controlLoop = controlLoop;
    }

    /** The newest committed image. Any thread. */
    public MetadataImage image() {
        return image;
    }

    /**
     * Lets {@code subscriber} hear of every image from now on, on {@code loop}; the first call brings the present one with a
     * full delta. Any thread.
     */
    public void subscribe(EventLoop loop, MetadataSubscriber subscriber) {
        controlLoop.post(() -> {
            MetadataImage present = image;
            subscriptions.add(new Subscription(loop, subscriber));
            loop.post(() -> subscriber.changed(MetadataImage.EMPTY, present, MetadataDelta.full(present)));
        });
    }

    /** Publishes an image that follows the present one. Control loop only. */
    public void publish(MetadataImage next, MetadataDelta delta) {
        controlLoop.checkOwned();
        MetadataImage before = image;
        if (next.endOffset() < before.endOffset()) {
            throw new MetadataFault("metadata image goes back from " + before.endOffset() + " to " + next.endOffset());
        }
        image = next;
        for (Subscription each : subscriptions) {
            each.loop().post(() -> each.subscriber().changed(before, next, delta));
        }
    }
}
