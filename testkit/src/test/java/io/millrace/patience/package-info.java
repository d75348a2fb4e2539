/** How long tests wait. Entry type: {@link io.millrace.patience.PatientAwaits}, which JUnit loads. */
@NullMarked
package io.millrace.patience;

import org.jspecify.annotations.NullMarked;
