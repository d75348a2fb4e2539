@NullMarked
package io.millrace.broker.shard;

import org.jspecify.annotations.NullMarked;
