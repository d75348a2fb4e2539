/**
 * What real clients send, recorded once: the raw material of hostile input. Entry types: {@link
 * io.millrace.hostile.corpus.RecordTraffic}, which writes a corpus, and {@link io.millrace.hostile.corpus.Corpus}. Owned by the
 * thread that runs a main.
 */
@NullMarked
package io.millrace.hostile.corpus;

import org.jspecify.annotations.NullMarked;
