@NullMarked
package io.millrace.broker.configs;

import org.jspecify.annotations.NullMarked;
