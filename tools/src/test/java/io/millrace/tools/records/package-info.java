@NullMarked
package io.millrace.tools.records;

import org.jspecify.annotations.NullMarked;
