/** Verbs about topics. Entry type: {@link io.millrace.tools.topic.TopicVerb}. Owner: the main thread. */
@NullMarked
package io.millrace.tools.topic;

import org.jspecify.annotations.NullMarked;
