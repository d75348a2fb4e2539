package io.millrace.storage.inspect;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file that was looked at. Immutable.
 *
 * @param log topic and partition; null outside of partition folders
 * @param content what was read of it in words, e.g. {@code 12 batches}
 * @param faults empty when it is good
 */
public record InspectedFile(Path file, @Nullable String log, long lengthBytes, String content, List<Fault> faults) {

    public InspectedFile {
        faults = List.copyOf(faults);
    }

    public boolean damaged() {
        for (Fault fault : faults) {
            if (fault.weight() == Fault.Weight.DAMAGE) {
                return true;
            }
        }
        return false;
    }
}
