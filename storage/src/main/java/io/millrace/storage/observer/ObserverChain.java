package io.millrace.storage.observer;

import io.millrace.protocol.record.RecordBatchView;
import java.util.ArrayList;
import java.util.List;

/** The observers of one log, told one after another. Owned like they are. */
public final class ObserverChain {

    private final LogObserver[] observers;

    /** At most one observer per section type. */
    public ObserverChain(LogObserver... observers) {
        this.observers = observers.clone();
        for (int i = 0; i < observers.length; i++) {
            for (int j = 0; j < i; j++) {
                if (observers[i].sectionType() == observers[j].sectionType()) {
                    throw new IllegalArgumentException("two observers of section type " + observers[i].sectionType());
                }
            }
        }
    }

    public void appended(RecordBatchView batch, long baseOffset, int leaderEpoch) {
        for (LogObserver observer : observers) {
            observer.appended(batch, baseOffset, leaderEpoch);
        }
    }

    /** False when at least one observer must be restored and replayed; then all must, for they share the replay. */
    public boolean truncatedTo(long endOffset) {
        boolean exact = true;
        for (LogObserver observer : observers) {
            exact &= observer.truncatedTo(endOffset);
        }
        return exact;
    }

    public void logStartMovedTo(long logStartOffset) {
        for (LogObserver observer : observers) {
            observer.logStartMovedTo(logStartOffset);
        }
    }

    /** One section per observer. */
    public List<SideSection> sealed() {
        List<SideSection> sections = new ArrayList<>(observers.length);
        for (LogObserver observer : observers) {
            sections.add(observer.sealed());
        }
        return sections;
    }

    /**
     * Restores each observer from its section.
     *
     * @return false when a section is missing or does not parse; then every observer is cleared and the log must be replayed
     *     from an older section or from its start
     */
    public boolean restored(List<SideSection> sections) {
        for (LogObserver observer : observers) {
            SideSection own = null;
            for (SideSection section : sections) {
                if (section.type() == observer.sectionType()) {
                    own = section;
                }
            }
            if (own == null) {
                cleared();
                return false;
            }
            try {
                observer.restored(own);
            } catch (DamagedSectionException e) {
                cleared();
                return false;
            }
        }
        return true;
    }

    public void cleared() {
        for (LogObserver observer : observers) {
            observer.cleared();
        }
    }
}
