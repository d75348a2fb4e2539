/** Tests of parts of the classic protocol by themselves. */
@NullMarked
package io.millrace.broker.coordinator.group.classic;

import org.jspecify.annotations.NullMarked;
