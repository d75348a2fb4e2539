package io.millrace.hostile;

/** How a mutant ended. */
enum Outcome {
    ANSWERED_OK("answered ok", false),
    ANSWERED_ERROR("answered with an error code", false),
    NO_ANSWER_ASKED("acks=0: no answer asked", false),
    /** Fetch, JoinGroup, SyncGroup: we went before it was over; some are waited for, see {@link WatchedWaits}. */
    WAITS("waits as asked", false),
    CLOSED("connection closed", false),

    NO_ANSWER("no answer in time", true),
    ANSWER_LEFT_OUT("no answer, yet the next request's", true),
    WRONG_ANSWER("answer to nothing asked", true),
    UNDECODABLE("answer that Kafka cannot decode", true),
    SERVER_ERROR("UNKNOWN_SERVER_ERROR", true),
    NO_CONNECTION("no connection", true);

    private final String title;
    private final boolean bug;

    Outcome(String title, boolean bug) {
        this.title = title;
        this.bug = bug;
    }

    String title() {
        return title;
    }

    boolean isBug() {
        return bug;
    }

    /** Whether only a request whose header was taken can end like this. */
    boolean isPastHeader() {
        return switch (this) {
            case ANSWERED_OK, ANSWERED_ERROR, NO_ANSWER_ASKED, WAITS, SERVER_ERROR, UNDECODABLE -> true;
            case CLOSED, NO_ANSWER, ANSWER_LEFT_OUT, WRONG_ANSWER, NO_CONNECTION -> false;
        };
    }
}
