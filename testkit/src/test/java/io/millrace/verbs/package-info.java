/** The {@code millrace} command against a broker with real clients at work. Entry type: {@link io.millrace.verbs.CommandLines}. */
@NullMarked
package io.millrace.verbs;

import org.jspecify.annotations.NullMarked;
