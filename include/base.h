/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * base - the floor that every room stands on.
 *
 * Errors, log lines, the poll loop, child processes, bounded lines, event
 * lines, the clock and how far it can be trusted, text from outside, small
 * files and locks. Knows nothing of checkpoints. libc only.
 */
#ifndef BASE_H
#define BASE_H

#include <libintl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#define _(text) gettext(text)
#define N_(text) (text)
#define nitems(array) (sizeof(array) / sizeof((array)[0]))

/* ---- errors ------------------------------------------------------------ */

/* The kind says what to do next, not what happened. */
enum err_kind {
	ERR_NONE = 0,
	ERR_RETRY,   /* try again later (75) */
	ERR_INPUT,   /* refuse this input and go on (65) */
	ERR_SETUP,   /* a person must mend the set-up (78) */
	ERR_USAGE,   /* the command line is wrong (64) */
	ERR_ABSENT,  /* a part or service is not available (69) */
	ERR_DENIED,  /* not permitted (77) */
};

#define ERR_TEXT_MAX 512 /* bytes with the NUL; longer texts are cut */

struct err {
	enum err_kind kind;
	char text[ERR_TEXT_MAX]; /* one line, for a person on the phone */
};

/* Both return -1, so that a failing function ends in one line. err may be
 * NULL. err_within() puts "context: " before a text that is already there,
 * unless it begins with it. */
int err_set(struct err *err, enum err_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int err_within(struct err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
int err_exit_status(const struct err *err); /* of sysexits(3) */

/* ---- a terminal that is drawn on ------------------------------------------- */

struct termios;
/* All of it to standard output, at once; as much as it takes. */
void terminal_say(const char *bytes);
/* Should the process end by a fatal signal or for lack of memory, say end
 * (static text) there and set it as it was before. */
void rescue_arm(const struct termios *before, const char *end);
void rescue_disarm(void);

/* ---- memory -------------------------------------------------------------- */

/* There is none: one line, and the process ends with 75. No caller could do
 * better: half an answer would be worse, and what counts is on disk. */
_Noreturn void mem_none(void);
/* malloc() and realloc() that end like this. */
void *mem_take(size_t size);
void *mem_retake(void *old, size_t size);
/* open_memstream() that ends like this: the C library's leaves out what it has
 * no memory for, and neither ferror() nor fclose() tells. */
FILE *mem_stream(char **text, size_t *n);
/* What lies there is secret: never on a disk, as far as the kernel allows. */
void mem_secret(void *at, size_t size);
/* The same for what functions called from here keep on the stack. */
void mem_secret_stack(void);
/* What realloc() does, without leaving a copy of the used bytes behind. */
void *mem_move(void *old, size_t used, size_t size, bool secret);

/* ---- log ----------------------------------------------------------------- */

enum log_level { LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_FAULT };

/*
 * One line on standard error (the station points it at a file before curses
 * starts): "2026-11-23T03:43:42Z warn: text". at is Unix seconds, 0 leaves
 * the time out. Control characters in the result become '?'. Persons' data
 * never goes into a log.
 */
void log_line(int64_t at, enum log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- loop: one poll(2) for everything -------------------------------------- */

struct loop;

typedef void (*loop_fd_fn)(void *arg, int fd, short revents);
typedef void (*loop_timer_fn)(void *arg);
typedef void (*loop_signal_fn)(void *arg, int signo);

struct loop *loop_new(struct err *err);
void loop_free(struct loop *loop); /* NULL is allowed */

/* Watch fd for poll(2) events; watching it again changes events and fn. A
 * callback may watch and drop any descriptor, its own included. */
int loop_watch(struct loop *loop, int fd, short events, loop_fd_fn fn,
    void *arg, struct err *err);
void loop_drop(struct loop *loop, int fd); /* unknown fd is allowed */

/* One shot, at loop_now_ms() >= at_ms. Returns an id > 0 for loop_cancel(),
 * which allows ids that have fired and 0. Never fails but for memory. */
int loop_at(struct loop *loop, int64_t at_ms, loop_timer_fn fn, void *arg);
void loop_cancel(struct loop *loop, int id);

/* Deliver a signal as a callback (signalfd); fn NULL only blocks it. */
int loop_signal(struct loop *loop, int signo, loop_signal_fn fn, void *arg,
    struct err *err);

/* Until loop_stop(). loop_turn() does one poll, waiting at most wait_ms
 * (-1: until something happens); returns -1 with err on a poll failure. */
int loop_run(struct loop *loop, struct err *err);
int loop_turn(struct loop *loop, int wait_ms, struct err *err);
void loop_stop(struct loop *loop);

/* Time at this turn of the loop. now_ms: milliseconds since boot, suspend
 * included (CLOCK_BOOTTIME), never steps. wall: Unix seconds of the
 * machine's clock, unless one was injected by loop_set_wall(), which then
 * runs on from there with now_ms (chot demo, tests). */
int64_t loop_now_ms(const struct loop *loop);
int64_t loop_wall(const struct loop *loop);
int64_t wall_now(void); /* the machine's clock, for who has no loop */
void loop_set_wall(struct loop *loop, int64_t at);

/* ---- clock: how far the time can be trusted ---------------------------------- */

enum clock_trust {
	CLOCK_UNCONFIRMED, /* booted without a clock: nobody vouched for it */
	CLOCK_HELD,        /* vouched for earlier in this boot */
	CLOCK_CONFIRMED,   /* hub, NTP or officer, by this process */
};

struct clock {
	enum clock_trust trust;
	int64_t offset_ms; /* trusted time in ms = now_ms + offset_ms */
	int64_t confirmed_ms; /* now_ms of the confirmation */
};

#define CLOCK_HELD_AFTER_MS (72LL * 3600 * 1000)

/* Times before the program was built, or later than 2100, are not believed. */
bool clock_plausible(int64_t at, int64_t floor);
const char *clock_trust_word(enum clock_trust trust); /* confirmed, held, unconfirmed */

void clock_init(struct clock *clock); /* unconfirmed */
void clock_confirm(struct clock *clock, int64_t at, int64_t now_ms);
/* True with *at filled when the time is confirmed or held. */
bool clock_now(const struct clock *clock, int64_t now_ms, int64_t *at);
/* The trust now: a confirmation ages to held after CLOCK_HELD_AFTER_MS. */
enum clock_trust clock_trust_now(const struct clock *clock, int64_t now_ms);
/* Remember a confirmation for this boot in a file of the run directory, so
 * that a restarted station holds the time: "BOOTID OFFSET_MS CONFIRMED_MS".
 * Loading a file of another boot leaves the clock unconfirmed. */
int clock_save(const struct clock *clock, const char *path, struct err *err);
void clock_load(struct clock *clock, const char *path);
/* The kernel's boot id, 36 characters and NUL. */
void boot_id(char id[37]);

/* Calendar by UTC offset, without TZ (POSIX gmtime_r on at + offset_s). */
struct calendar {
	int year, month, day, hour, minute, second; /* month 1-12 */
	int weekday;                                /* 0 Sunday */
};
struct calendar calendar_at(int64_t at, int utc_offset_s);
/* Days of the civil calendar since 1970-01-01; -1 and false for no real date. */
bool calendar_days(int year, int month, int day, int64_t *days);
/* Parse "2021-10-15T00:00+07:00", "...:00Z", with or without seconds, or a
 * plain date (midnight at default_offset_s). 0, or -1 when it is neither. */
int time_parse(const char *text, int default_offset_s, int64_t *at);
void time_print(int64_t at, char out[21]); /* 2021-10-15T00:00:00Z */
int utc_offset_parse(const char *text, int *offset_s); /* "+07:00" */

/* ---- bounded lines --------------------------------------------------------- */

#define EVENT_LINE_MAX 9000 /* bytes of the longest event line */

typedef void (*line_fn)(void *arg, char *line, size_t len);

/* Cuts a byte stream into lines. A line that outgrows the buffer or holds a
 * NUL is dropped whole and counted. */
struct lines {
	char *buffer; /* the caller's, capacity + 1 bytes */
	size_t capacity, len;
	bool spoilt;
	unsigned dropped;
};

void lines_init(struct lines *lines, char *buffer, size_t capacity);
/* fn gets each line NUL-ended without its LF or CRLF; it may change it. */
void lines_push(struct lines *lines, const char *bytes, size_t n, line_fn fn,
    void *arg);

/* ---- children ---------------------------------------------------------------- */

struct child;

enum child_state {
	CHILD_STARTING, /* forked, no line yet */
	CHILD_ALIVE,    /* speaks */
	CHILD_STALE,    /* silent for stale_ms; it is killed and restarted */
	CHILD_DOWN,     /* ended; restarts by itself after back-off */
};

struct child_spec {
	const char *name; /* for the log */
	char *const *argv; /* argv[0] is a path; copied */
	size_t line_max;  /* bytes */
	int64_t stale_ms; /* 0: may be silent for ever */
	int64_t restart_min_ms, restart_max_ms; /* back-off, doubling */
	bool secrets;     /* lines to it may be: its queue stays in memory */
	line_fn on_line;
	/* words: why, for a person; "" when alive. STARTING is told when
	 * lines can be sent to the restarted child; the first one is not:
	 * it is how child_start() returns. Callbacks may stop the child
	 * they are called for. */
	void (*on_state)(void *arg, enum child_state state, const char *words);
	void *arg;
};

#define CHILD_QUEUE_MAX (4u << 20) /* bytes waiting for a slow child */

/*
 * Start a program that reads lines on standard input and writes lines on
 * standard output; standard error is inherited. It dies with this process
 * (PR_SET_PDEATHSIG). Ends are reported and it is started again. NULL only
 * for lack of descriptors or memory; a program that cannot be run is a child
 * that goes down.
 */
struct child *child_start(struct loop *loop, const struct child_spec *spec,
    struct err *err);
/* SIGTERM, SIGKILL after 1 s; waits that long at most. NULL is allowed. */
void child_stop(struct child *child);
/* Queue one line (LF is added). -1, ERR_RETRY: down or queue full, nothing
 * was queued. Lines queued for a child that ends are dropped. */
int child_send(struct child *child, const char *line, struct err *err);
pid_t child_pid(const struct child *child); /* 0 when down */

/* ---- event lines (chot-reader(7)) ----------------------------------------------- */

#define EVENT_PAYLOAD_MAX 4296 /* bytes: the most a QR code holds */
#define EVENT_WORDS_MAX 200

enum event_kind {
	EVENT_UNKNOWN, /* a later program's: ignored */
	EVENT_HELLO, EVENT_SCAN, EVENT_TEMP, EVENT_PLATE, EVENT_HINT, EVENT_OK,
	EVENT_FAULT, EVENT_RAW, EVENT_IDENTITY,
};

struct event_temp { /* thousandths of a degree Celsius */
	int32_t result_mc;
	int32_t raw_mc, ambient_mc, offset_mc, spread_mc;
	bool has_raw, has_ambient;
	int samples;
	int emissivity, sensor_emissivity; /* thousandths; 0: none told */
	char quality[16]; /* ok, unstable, cold, ambient */
};

struct event {
	enum event_kind kind;
	int version;   /* hello */
	char word[32]; /* hello: role; scan: symbology; plate: plate; hint: why */
	char words[EVENT_WORDS_MAX]; /* fault, identity; raw: pairs of hexadecimal or ".." */
	int32_t age_ms; /* raw: since its last byte */
	struct event_temp temp;
	size_t payload_len; /* scan */
	unsigned char payload[EVENT_PAYLOAD_MAX];
};

/* 0, or -1 with ERR_INPUT for a line that breaks the grammar. Unknown events
 * and pairs are no error. A temp that names no quality is "ok"; one that names
 * a quality we do not know keeps that word. */
int event_parse(const char *line, struct event *event, struct err *err);
/* Without the LF. Returns the length; out holds EVENT_LINE_MAX + 1. */
size_t event_print(const struct event *event, char *out);

size_t hex_print(const unsigned char *bytes, size_t n, char *out); /* 2n + 1 */
/* Returns the byte count, or -1: odd, not hexadecimal, or over capacity. */
ssize_t hex_parse(const char *text, size_t n, unsigned char *out,
    size_t capacity);

/* ---- text from outside ---------------------------------------------------------- */

bool utf8_valid(const char *text, size_t n); /* no surrogates, no overlongs */
/* Next code point from text[*at], moving *at; U+FFFD and one byte on for an
 * invalid sequence. */
uint32_t utf8_next(const char *text, size_t n, size_t *at);
size_t utf8_put(uint32_t code, char out[4]);

/* All four write a NUL-ended string into out, never more than capacity bytes
 * and never a broken sequence; they return the length written. Text that
 * does not fit ends early at a whole character. */

/* Compose base + combining marks to the precomposed Vietnamese and Latin-1
 * letters (NFC for the letters that occur here). */
size_t text_nfc(const char *text, size_t n, char *out, size_t capacity);
/* For comparing names: A-Z, 0-9 and single spaces; marks dropped, D for đ,
 * '<', '-' and punctuation as spaces, other scripts kept as they are. */
size_t text_fold(const char *text, size_t n, char *out, size_t capacity);
/* For a terminal: invalid bytes, controls (C0, C1, DEL), bidi and zero-width
 * characters become U+FFFD; line ends and tabs become a space. NFC. */
size_t text_clean(const char *text, size_t n, char *out, size_t capacity);
/* Upper case of Vietnamese and Latin letters. */
size_t text_upper(const char *text, size_t n, char *out, size_t capacity);
/* Screen columns of clean text (wide East Asian characters count two). */
int text_columns(const char *text);

/* ---- files and locks --------------------------------------------------------------- */

/* Read a whole file of at most max bytes; free() it. NUL added after the end.
 * A pipe or a device is refused: it would be waited for. */
char *file_read(const char *path, size_t max, size_t *len, struct err *err);
/* Write path.part, fsync when durable, rename. mode as of open(2). */
int file_write(const char *path, const void *bytes, size_t n, unsigned mode,
    bool durable, struct err *err);
/* All of it, to a file or a pipe; waits where somebody made the descriptor
 * non-blocking. 0, or -1 with errno. */
int file_write_all(int fd, const void *bytes, size_t n);
int dir_make(const char *path, unsigned mode, struct err *err); /* with parents */

/* POSIX lock for the life of the descriptor given back. -1 with ERR_RETRY
 * naming the owner's pid when another process has it. */
int lock_take(const char *path, struct err *err);
/* The pid of another process that holds the lock, 0 when nobody does. Not for
 * the holder itself: closing any descriptor of the file ends its lock. */
pid_t lock_owner(const char *path);

/* ---- sockets ------------------------------------------------------------------------ */

#define SOCKET_PEER_MAX 46 /* bytes of an address as text, with its NUL */

/* Listen on "127.0.0.1:8088" or "[::1]:8088"; the caller closes the descriptor,
 * which does not block. -1: ERR_USAGE for no such address. */
int socket_listen(const char *address, int backlog, struct err *err);
struct sockaddr;
/* Who connects, in numbers; an IPv4 address as such even over IPv6. "" for
 * what is neither. */
void socket_peer(const struct sockaddr *address, char out[SOCKET_PEER_MAX]);

/* ---- confinement --------------------------------------------------------------------
 * A child that reads what strangers hold before it gives up what it does not
 * need, once and for good, before the first byte comes in. */

#define CONFINE_READ 1u   /* open files and list directories */
#define CONFINE_UPDATE 2u /* and write and make files */
#define CONFINE_REMOVE 4u /* and remove and, with UPDATE, rename them */
#define CONFINE_DEVICE 8u /* open devices and pipes and control them */
#define CONFINE_FOLDERS 32u /* make and remove directories */
#define CONFINE_BESIDE 16u /* all in the directory that path is in: for what
			    * may be replaced or come later */

struct confine_path { /* with all that is below it */
	const char *path; /* NULL: none */
	unsigned rights;
};

#define CONFINE_ANY_PORT (-1)

struct confine {
	const struct confine_path *paths; /* no other file can be opened */
	size_t npaths;
	int connect_port; /* 0: no network; else TCP to this port, and DNS */
	bool may_clone; /* has threads or processes of its own program */
	bool serves;      /* answers on a socket that it listens on already */
	bool keyring;     /* may keep a key in the kernel */
	bool may_exec; /* runs programs of the site: then neither files nor
			* calls are limited, since those programs' would be */
};

struct confined { /* what the kernel could do of it */
	int landlock;    /* version, 0: it has none */
	bool calls;      /* by seccomp */
	bool privileges; /* no new ones */
};

#define CONFINE_WORDS_MAX 80

/* For every command: no core dumps, and no other process looks inside. */
void confine_basics(void);
/* Confine this process, the basics included. What a kernel lacks is no
 * failure: confine_self() says it in the log, with name. */
void confine_apply(const struct confine *confine, struct confined *done);
void confine_self(const char *name, const struct confine *confine);
/* "Landlock 7, seccomp, no new privileges" */
void confine_words(const struct confined *done, char out[CONFINE_WORDS_MAX]);
/* How a running process is confined; -1 when there is none. */
int confine_of(pid_t pid, struct confined *seen);

#endif
