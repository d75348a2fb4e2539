/** Real consumer processes and a real broker process, killed round by round. Entry type: {@link io.millrace.rounds.GroupRounds}. */
@NullMarked
package io.millrace.rounds;

import org.jspecify.annotations.NullMarked;
