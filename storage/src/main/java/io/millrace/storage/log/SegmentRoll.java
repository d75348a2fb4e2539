package io.millrace.storage.log;

import io.millrace.storage.observer.SideSection;
import java.util.List;

/** A place where a segment ends, decided when the append after it was made, with what the observers knew right there. */
public record SegmentRoll(long endOffset, List<SideSection> sections) {}
