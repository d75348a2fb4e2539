/**
 * InitProducerId (API 22): ids from blocks that the controller made durable. Entry type: {@link
 * io.millrace.broker.producerid.InitProducerIdHandler}. Owner: the control loop.
 */
@NullMarked
package io.millrace.broker.producerid;

import org.jspecify.annotations.NullMarked;
