/** Verbs about consumer groups. Entry type: {@link io.millrace.tools.group.GroupVerb}. Owner: the main thread. */
@NullMarked
package io.millrace.tools.group;

import org.jspecify.annotations.NullMarked;
