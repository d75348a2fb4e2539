package io.millrace.network.connection;

/** What the deadlines of one connection look at: how far its reading and its answering got. Owned by the connection's loop. */
final class ConnectionProgress implements ConnectionTimers.Watched {

    private final ServerConnection connection;
    private final ResponseOrder order;
    private final RequestIntake intake;
    private final AnswerPump pump;

    ConnectionProgress(ServerConnection connection, ResponseOrder order, RequestIntake intake, AnswerPump pump) {
        this.connection = connection;
        this.order = order;
        this.intake = intake;
        this.pump = pump;
    }

    @Override
    public long lastActivityNs() {
        return connection.lastActivityNs();
    }

    @Override
    public boolean isQuiet() {
        return order.isEmpty() && !pump.busy() && !pump.pending();
    }

    @Override
    public boolean writePending() {
        return pump.pending();
    }

    @Override
    public long writeProgress() {
        return pump.progress();
    }

    @Override
    public boolean readPending() {
        return intake.requestPending();
    }

    @Override
    public long readProgress() {
        return intake.receivedBytes();
    }

    @Override
    public boolean readOverdue() {
        return intake.requestOverdue();
    }

    @Override
    public void expired(CloseReason reason, String why) {
        connection.shut(reason, why);
    }
}
