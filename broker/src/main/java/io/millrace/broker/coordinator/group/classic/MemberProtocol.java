package io.millrace.broker.coordinator.group.classic;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An assignment protocol that a member supports, with what the member says in it (for consumers: its subscription). Opaque. */
final class MemberProtocol {

    private final String name;
    private final byte[] metadata;

    MemberProtocol(String name, byte[] metadata) {
        this.name = name;
        this.metadata = metadata;
    }

    String name() {
        return name;
    }

    /** Not to be changed. */
    byte[] metadata() {
        return metadata;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof MemberProtocol that && name.equals(that.name) && Arrays.equals(metadata, that.metadata);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name + "(" + metadata.length + " bytes)";
    }
}
