/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * actuator - what its modules share.
 *
 * actuator.c takes command lines and gives them to one of three machines:
 * relay, printer, sound. The first two write through a sink to a wire (port,
 * file, GPIO line) that drive.c keeps open. The machines are told the time
 * and know no descriptor, so that no test needs a device or sleeps.
 */
#ifndef ACTUATOR_PARTS_H
#define ACTUATOR_PARTS_H

#include "actuator.h"
#include "reader.h"

/* ---- tuning: the options of a device, checked ---------------------------------- */

#define CHANNELS_MAX 8

/* One row a kind of relay board. */
struct board {
	const char *name;
	long baud;
	long channels_max;
	/* Writes the frame that switches a channel (from 1 on); its length. */
	size_t (*frame)(long address, int channel, bool on,
	    unsigned char out[16]);
	bool echoes;      /* it answers a frame with the same bytes */
	const char *help; /* N_() */
};

extern const struct board boards[];
extern const size_t nboards;

unsigned board_crc16(const unsigned char *bytes, size_t n); /* Modbus' */

/* ---- recognise: what board answers, see actuator_recognise() ----------------------- */

#define RECOGNISE_MAX 8 /* bytes of a question */

/* The i-th question, 0 when there is none; the protocol that answers so, or
 * NULL. */
size_t recognise_question(size_t i, unsigned char out[RECOGNISE_MAX]);
const char *recognise_answer(const unsigned char *bytes, size_t n);

enum print_mode { PRINT_RASTER, PRINT_TCVN3, PRINT_ASCII };
enum cut_mode { CUT_AUTO, CUT_NONE, CUT_PARTIAL, CUT_FULL };

struct tuning {
	enum actuator_role role;
	const struct board *board; /* relay */
	long channels, address, pulse_ms, max_ms, by_channel, active_low;
	long lines[CHANNELS_MAX]; /* of a GPIO chip; channels of them */
	long dots, mode, cut, feed, band, ask; /* printer */
};

int tuning_fill(enum actuator_role role, const struct device *device,
    struct tuning *tuning, struct err *err);

/* ---- order: one command line ------------------------------------------------------ */

#define ORDER_REASON_MAX 32 /* bytes with the NUL */
#define ORDER_MS_MAX 3600000

struct order {
	char verb[16];
	unsigned n;       /* the sender's number, in every answer */
	long ms;          /* 0: not given */
	long channel;     /* 1 where it is not given */
	char reason[ORDER_REASON_MAX]; /* "none" where it is not given */
	char *rest;       /* what follows the number; within line */
};

/* "VERB N REST". Changes line. -1 with ERR_INPUT. */
int order_parse(char *line, struct order *order, struct err *err);
/* REST as "[MS] [reason=WORD] [channel=N]"; other pairs are ignored. */
int order_parse_switch(struct order *order, struct err *err);

/* ---- sink: what a machine talks through ----------------------------------------------- */

struct sink_out {
	/* Bytes taken; 0: not now; -1: the device is lost. */
	ssize_t (*write)(void *arg, const unsigned char *bytes, size_t n);
	size_t (*pending)(void *arg); /* bytes taken that are not out yet */
	void (*say)(void *arg, const char *line); /* without LF */
	/* The guard: all off after ms whatever becomes of us; -1: no more. */
	void (*arm)(void *arg, long ms);
	void *arg;
};

#define SAY_MAX 320
void sink_say(const struct sink_out *sink, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* "fault N WORDS": the words are msgids, an officer reads them translated. */
void sink_fault(const struct sink_out *sink, unsigned n, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

/* ---- relay: pulses and booths that end ---------------------------------------------------- */

enum relay_is { RELAY_UNKNOWN, RELAY_OFF, RELAY_ON };

struct relay_channel {
	enum relay_is is;
	bool want;        /* on */
	bool gate;        /* its pulse may end after the last order */
	unsigned n;       /* of the order that runs; 0: none */
	long ms;
	int64_t until_ms; /* when it goes off; counted from on */
	int tries;
	int64_t retry_ms;
	char reason[ORDER_REASON_MAX];
};

struct relay {
	const struct tuning *tuning;
	struct sink_out sink;
	bool up;
	int64_t now_ms, next_ms; /* next_ms: boards want a pause */
	int asked;               /* channel whose echo is awaited; 0: none */
	bool asked_on;
	int64_t asked_ms, said_ms;
	size_t nframe, necho;
	unsigned char frame[16];
	struct relay_channel channels[CHANNELS_MAX]; /* channel 1 is [0] */
};

void relay_init(struct relay *r, const struct tuning *tuning,
    const struct sink_out *sink);
void relay_up(struct relay *r, int64_t now_ms);   /* opened: all off */
void relay_down(struct relay *r, int64_t now_ms); /* lost */
void relay_order(struct relay *r, struct order *order, int64_t now_ms);
void relay_bytes(struct relay *r, const unsigned char *bytes, size_t n,
    int64_t now_ms);
void relay_tick(struct relay *r, int64_t now_ms);
int64_t relay_deadline(const struct relay *r); /* -1: none */
/* No more orders: booths go off now, a gate's pulse ends by itself. */
void relay_last(struct relay *r, int64_t now_ms);
bool relay_busy(const struct relay *r);
/* Off-frames for everything, now, with pauses, without answers. */
void relay_off(const struct tuning *tuning, ssize_t (*write_fn)(void *arg,
    const unsigned char *bytes, size_t n), void *arg);

/* ---- wire: what a device string names, open -------------------------------------------------- */

enum wire_kind { WIRE_PORT, WIRE_LP, WIRE_FILE, WIRE_GPIO };

struct wire {
	enum wire_kind kind;
	struct reader_port port; /* its fd is the descriptor of every kind */
	size_t nlines;           /* of GPIO */
};

int wire_open(const struct device *device, const struct tuning *tuning,
    struct wire *wire, struct err *err);
void wire_close(struct wire *wire);
ssize_t wire_write(const struct wire *wire, const unsigned char *bytes,
    size_t n);
size_t wire_pending(const struct wire *wire);

/* Lines of a GPIO chip as outputs, all off. A descriptor, or -1. */
int gpio_open(const char *path, const struct tuning *tuning, struct err *err);
/* frame: channel from 1 on, 0 or 1. 2, or -1. */
ssize_t gpio_write(int fd, const unsigned char *frame, size_t n);
size_t gpio_frame(long address, int channel, bool on, unsigned char out[16]);

/* ---- guard: a process that switches off when we no longer can --------------------------------- */

struct guard {
	pid_t pid; /* 0: none */
	int fd;
};

int guard_start(struct guard *guard, const struct wire *wire,
    const struct tuning *tuning, struct err *err);
void guard_arm(struct guard *guard, long ms); /* -1: nothing is on */
/* It ends; fire: after it has sent the off-frames. */
void guard_stop(struct guard *guard, bool fire);

/* ---- raster: a picture in black and white ------------------------------------------------------ */

#define RASTER_ROWS_MAX 6000 /* 75 cm */
#define GLYPH_WIDTH 8
#define GLYPH_HEIGHT 18

struct glyph {
	uint16_t code;
	uint8_t rows[GLYPH_HEIGHT]; /* the left dot is the highest bit */
};

extern const struct glyph glyphs_table[]; /* sorted by code */
extern const size_t glyphs_count;
const struct glyph *font_glyph(uint32_t code); /* never NULL: a box */
bool font_has(uint32_t code);

struct raster {
	size_t dots, stride; /* width; bytes of a row */
	size_t rows, size;   /* used; allocated */
	unsigned char *bits; /* 1 is black */
};

void raster_init(struct raster *raster, size_t dots); /* dots % 8 == 0 */
void raster_free(struct raster *raster);
/* Adds empty rows below; returns the first. At most RASTER_ROWS_MAX in all:
 * beyond that -1, nothing is added. */
long raster_extend(struct raster *raster, size_t rows);
void raster_dot(struct raster *raster, size_t x, size_t y);
bool raster_black(const struct raster *raster, long x, long y);
/* scale 1, 2 or 4; smooth where it is enlarged. */
void raster_glyph(struct raster *raster, uint32_t code, size_t x, size_t y,
    int scale);

/* ---- slip: what is to be printed -------------------------------------------------------------------- */

#define SLIP_TEXT_MAX 400 /* bytes with the NUL */
#define SLIP_TOKEN_MAX 2000
#define SLIP_ROWS_MAX 40

struct slip_row {
	char label[96], value[160];
};

struct slip {
	char title[SLIP_TEXT_MAX], station[SLIP_TEXT_MAX], time[SLIP_TEXT_MAX],
	    verdict[SLIP_TEXT_MAX], id[SLIP_TEXT_MAX], serial[SLIP_TEXT_MAX],
	    public[SLIP_TEXT_MAX], advice[SLIP_TEXT_MAX];
	char token[SLIP_TOKEN_MAX];
	bool again; /* print it although it was printed */
	size_t nrows;
	struct slip_row rows[SLIP_ROWS_MAX];
};

/* Refuses what is too long, and an id that is not masked. */
int slip_parse(const char *json, struct slip *slip, struct err *err);

/* A QR code as modules, row by row; 1 is black. free() modules. */
struct qr {
	size_t width;
	unsigned char *modules;
};

int qr_make(const char *text, size_t n, struct qr *qr, struct err *err);
void qr_free(struct qr *qr);

/* ---- layout: a slip to lines and codes ------------------------------------------------------------------ */

enum align { ALIGN_LEFT, ALIGN_CENTRE };

/* Who sets it: as dots, or as characters of the printer. Lines fit. */
struct setter {
	size_t columns; /* at scale 2, the normal size */
	int (*text)(void *arg, const char *line, size_t n, int scale,
	    enum align align, struct err *err);
	int (*rule)(void *arg, struct err *err);
	int (*code)(void *arg, const struct qr *qr, struct err *err);
	int (*gap)(void *arg, struct err *err);
	void *arg;
};

int layout_slip(const struct slip *slip, const struct setter *setter,
    struct err *err);
/* A slip as one picture. */
int layout_raster(const struct slip *slip, size_t dots, struct raster *raster,
    struct err *err);

/* One code alone, as wide as the paper. */
int layout_code(const struct qr *qr, size_t dots, struct raster *raster,
    struct err *err);

/* ---- escpos: bytes for the printer --------------------------------------------------------------------------- */

/* Bytes and the places between two commands, where another may come. */
struct escpos {
	unsigned char *bytes;
	size_t len, size;
	size_t *ends; /* ascending; the last is len */
	size_t nends, ends_size;
};

int escpos_slip(const struct slip *slip, const struct tuning *tuning,
    struct escpos *out, struct err *err);
void escpos_free(struct escpos *e);
void escpos_put(struct escpos *e, const void *bytes, size_t n);
void escpos_end(struct escpos *e); /* a command is complete */
void escpos_raster(struct escpos *e, const struct raster *raster,
    size_t band);
/* Bytes that the command in which `at` lies still wants. */
size_t escpos_owed(const struct escpos *e, size_t at);

/* Sets a slip as characters of TCVN-3, or of ASCII. */
int tcvn_slip(const struct slip *slip, const struct tuning *tuning,
    struct escpos *out, struct err *err);
/* The byte and code page (30, 31; 0: any) of a letter; false: none. */
bool tcvn_byte(uint32_t code, unsigned char *byte, int *page);

/* ---- health: what a printer says of itself ------------------------------------------------------------------------ */

#define HEALTH_WAIT_MS 500

enum health_state {
	HEALTH_UNKNOWN, /* it never answers */
	HEALTH_READY, HEALTH_PAPER_LOW, HEALTH_PAPER_OUT, HEALTH_COVER,
	HEALTH_OFFLINE, HEALTH_ERROR,
	HEALTH_SILENT,  /* it used to answer */
};

struct health {
	int step;          /* question that is out: 1 to 3; 0: none */
	int64_t asked_ms;
	bool ever;         /* it has answered once */
	int silences;      /* questions without an answer, in a row */
	bool offline, cover, out, low, error; /* being collected */
	enum health_state state;
};

void health_init(struct health *h);
/* Begins asking; returns the bytes of the first question. */
size_t health_ask(struct health *h, int64_t now_ms, unsigned char out[3]);
/*
 * Takes bytes of the printer. Returns true when the asking is over, state is
 * then new; else *n is the length of the next question in out, or 0.
 */
bool health_take(struct health *h, unsigned char byte, int64_t now_ms,
    unsigned char out[3], size_t *n);
/* True when the asking ended for want of an answer. */
bool health_tick(struct health *h, int64_t now_ms);
const char *health_word(enum health_state state);  /* paper-low */
const char *health_words(enum health_state state); /* for a person */
bool health_prints(enum health_state state);
/* The answer to GS r 1, which comes when all before it is printed. */
bool health_is_paper_answer(unsigned char byte);

/* ---- printlog: prints without persons ---------------------------------------------------------------------------- */

#define PRINTED_MAX 512 /* serial numbers remembered */

struct printlog {
	const char *path; /* borrowed; NULL: only remembered */
	uint64_t seen[PRINTED_MAX];
	size_t nseen;
};

/* Makes the file, after the old one has grown too long. */
void printlog_prepare(const char *path);
void printlog_open(struct printlog *log, const char *path);
bool printlog_seen(const struct printlog *log, const char *serial);
/* how: printed, again, or why not. */
int printlog_add(struct printlog *log, int64_t at, const char *serial,
    const char *how, bool printed, struct err *err);

/* ---- printer: one slip after the other -------------------------------------------------------------------------------- */

#define PRINTER_JOBS_MAX 8
#define PRINTER_PROGRESS_MS 15000

enum printer_state { PRINTER_IDLE, PRINTER_ASKING, PRINTER_SENDING,
	PRINTER_PROVING, PRINTER_CHECKING };

struct print_job {
	unsigned n;
	bool again;
	char serial[SLIP_TEXT_MAX];
	struct escpos data;
};

struct printer {
	const struct tuning *tuning;
	struct sink_out sink;
	struct printlog *log;
	bool up, answers; /* answers: it can be asked at all */
	enum printer_state state;
	int64_t now_ms;
	int64_t wall, wall_ms; /* Unix seconds at wall_ms */
	int64_t progress_ms, look_ms; /* last progress; next look for more */
	int64_t ask_ms;   /* when it is asked again, idle */
	bool no_proof;    /* it answers DLE EOT but not GS r */
	size_t at;        /* bytes of the first job that are written */
	size_t pending, owed; /* owed: bytes of a job that was given up */
	enum health_state said;
	bool said_any;
	struct health health;
	struct print_job *jobs[PRINTER_JOBS_MAX];
	size_t njobs;
};

void printer_init(struct printer *p, const struct tuning *tuning,
    struct printlog *log, const struct sink_out *sink);
void printer_free(struct printer *p);
void printer_up(struct printer *p, bool answers, int64_t now_ms);
void printer_down(struct printer *p, int64_t now_ms);
void printer_order(struct printer *p, struct order *order, int64_t now_ms,
    int64_t wall);
void printer_bytes(struct printer *p, const unsigned char *bytes, size_t n,
    int64_t now_ms);
void printer_tick(struct printer *p, int64_t now_ms);
int64_t printer_deadline(const struct printer *p);
bool printer_busy(const struct printer *p);
/* Make a job of an order: NULL when it was refused, and said. */
struct print_job *print_job_new(const struct tuning *tuning,
    const struct printlog *log, const struct sink_out *sink,
    struct order *order);
void print_job_free(struct print_job *job);

/* ---- wave, player, sound ------------------------------------------------------------------------------------------------ */

#define WAVE_MAX 12000
/* The neutral tone as a WAV file; returns its length. */
size_t wave_tone(unsigned char out[WAVE_MAX]);

typedef void (*player_fn)(void *arg, bool good, const char *words);

/* A shell command that is given bytes on standard input, once. */
struct player {
	struct loop *loop;
	pid_t pid; /* 0: none runs */
	int pidfd, in_fd, timer;
	unsigned char *bytes;
	size_t n, at;
	player_fn fn;
	void *arg;
};

/* bytes are copied. fn is called once, from the loop, never from here. */
int player_start(struct player *player, struct loop *loop, const char *command,
    const unsigned char *bytes, size_t n, long limit_ms, player_fn fn,
    void *arg, struct err *err);
void player_stop(struct player *player);

/* ---- actuator: the process ------------------------------------------------------------------------------------------------ */

struct actuator;

/* What drive.c and the ways without a wire give to the process. */
struct way {
	void (*order)(struct actuator *a, struct order *order);
	void (*last)(struct actuator *a); /* no more orders will come */
};

struct actuator {
	struct loop *loop;
	const struct device *device;
	const struct actuator_options *options;
	struct tuning tuning;
	const struct way *way;
	void *state; /* the way's */
	bool stopped, last, failed;
	struct err err;
	int ok_timer;
	struct lines lines;
	unsigned dropped;
	char line[EVENT_LINE_MAX + 1];
	struct printlog log;
};

#define ACTUATOR_OK_MS 5000
void actuator_say(void *arg, const char *line); /* arg: struct actuator */
void actuator_alive(struct actuator *a); /* "ok" now and every 5 s */
void actuator_quiet(struct actuator *a);
void actuator_done(struct actuator *a);  /* ends when nothing is left to do */

/* Each until done. */
int run_wire(struct actuator *a, struct err *err);  /* drive.c */
int run_jobs(struct actuator *a, struct err *err);  /* spool.c: a printer behind exec: */
int run_sound(struct actuator *a, struct err *err); /* sound.c */

#endif
