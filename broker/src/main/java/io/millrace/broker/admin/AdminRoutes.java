package io.millrace.broker.admin;

import io.millrace.network.http.HttpAnswer;
import io.millrace.network.http.HttpCall;
import io.millrace.network.http.HttpRoutes;
import java.nio.charset.StandardCharsets;

/** What the admin port answers. Health on the control loop, metrics on the port's worker. */
final class AdminRoutes {

    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private final BrokerHealth health;
    private final LoopPulses pulses;
    private final MetricsPage metrics;

    AdminRoutes(BrokerHealth health, LoopPulses pulses, MetricsPage metrics) {
        this.health = health;
        this.pulses = pulses;
        this.metrics = metrics;
    }

    HttpRoutes routes() {
        return new HttpRoutes()
                .add("/health/live", this::live)
                .add("/health/ready", this::ready)
                .add("/health/started", this::started)
                .addSlow("/metrics", this::metrics);
    }

    /** Restart the process when this fails: a loop that does not tick comes back by no other means. */
    private void live(HttpCall call) {
        pulses.check(silent -> {
            if (silent.isEmpty()) {
                call.answer(HttpAnswer.text(OK, "live\n"));
                return;
            }
            StringBuilder why = new StringBuilder();
            for (LoopPulses.SilentLoop loop : silent) {
                why.append("loop ")
                        .append(loop.name())
                        .append(" is silent for ")
                        .append(loop.silentMs())
                        .append(" ms\n");
            }
            call.answer(HttpAnswer.text(UNAVAILABLE, why.toString()));
        });
    }

    /** Send no clients here while this fails. */
    private void ready(HttpCall call) {
        String why = health.whyNotReady();
        call.answer(why == null ? HttpAnswer.text(OK, "ready\n") : HttpAnswer.text(UNAVAILABLE, why));
    }

    /** Ask for nothing else before this succeeds: recovery takes the time it takes. */
    private void started(HttpCall call) {
        call.answer(
                health.hasStarted()
                        ? HttpAnswer.text(OK, "started\n")
                        : HttpAnswer.text(UNAVAILABLE, health.doing() + "\n"));
    }

    private void metrics(HttpCall call) {
        call.answer(new HttpAnswer(OK, PROMETHEUS_TEXT, metrics.scrape().getBytes(StandardCharsets.UTF_8)));
    }
}
