/**
 * Real text through a real broker: the JDK's own sources, line by line, out again and compared file by file. Programs run by
 * testkit/src/test/sh/real-input.sh. Entry type: {@link io.millrace.realinput.SourceLines}. Owner: the main thread.
 */
@NullMarked
package io.millrace.realinput;

import org.jspecify.annotations.NullMarked;
