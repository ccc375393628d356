/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reader - what its modules share.
 *
 * The way of the bytes: a link (serial, tty, tcp) or a trace gives bytes; the
 * driver's framer cuts them; an intake turns frames into events; reader.c
 * prints them. All but the links and reader.c are pure: they are told the
 * time and write through a sink, so that no test needs a device or sleeps.
 */
#ifndef READER_PARTS_H
#define READER_PARTS_H

#include <stdio.h>

#include "conf.h"
#include "reader.h"
#include "told.h"

/* ---- frame: byte stream to text frames -------------------------------------- */

enum frame_end {
	END_AUTO, /* CR or LF; after silence, with one TAB or ETX dropped */
	END_CR, END_LF, END_CRLF, END_TAB, END_ETX,
	END_NONE, /* silence alone */
};

/* A payload of the longest QR code with what may stand around it. */
#define FRAME_MAX (EVENT_PAYLOAD_MAX + 64)

typedef void (*frame_fn)(void *arg, const unsigned char *data, size_t len);

struct frame {
	enum frame_end end;
	int idle_ms;
	int64_t last_ms;   /* of the last byte */
	bool spoilt;       /* outgrew the buffer: dropped to its end */
	bool after_cr;     /* a lone LF now is the end of a CRLF */
	bool nuls;         /* NULs came: they are dropped */
	unsigned char last;
	unsigned overlong; /* frames dropped for their length */
	unsigned empty;    /* frames of nothing but NULs */
	unsigned cut;      /* frames whose terminator never came */
	size_t len;
	unsigned char data[FRAME_MAX];
};

void frame_init(struct frame *f, enum frame_end end, int idle_ms);
void frame_reset(struct frame *f); /* forget what has begun */
void frame_push(struct frame *f, const unsigned char *bytes, size_t n,
    int64_t now_ms, frame_fn fn, void *arg);
void frame_tick(struct frame *f, int64_t now_ms, frame_fn fn, void *arg);
int64_t frame_deadline(const struct frame *f); /* -1: none */

/* ---- ocr: a document reader's bytes to machine-readable zones --------------------- */

#define OCR_ROW_MAX 90 /* a reader may send all rows as one */

struct ocr {
	int idle_ms;
	int64_t last_ms;
	enum { OCR_TEXT, OCR_HEAD, OCR_BLOCK, OCR_CHECK } state;
	size_t nhead;
	unsigned parts;  /* of a zone, without the rest */
	unsigned others; /* rows that are of no zone */
	bool spoilt;     /* the row that has begun */
	size_t nrow;
	char row[OCR_ROW_MAX + 1];
	int rows;        /* of the zone that has begun, all of a width */
	size_t width, len;
	char text[OCR_ROW_MAX + 3]; /* CR between rows */
};

void ocr_init(struct ocr *o, int idle_ms);
void ocr_reset(struct ocr *o);
void ocr_push(struct ocr *o, const unsigned char *bytes, size_t n,
    int64_t now_ms, frame_fn fn, void *arg);
void ocr_tick(struct ocr *o, int64_t now_ms, frame_fn fn, void *arg);
int64_t ocr_deadline(const struct ocr *o); /* -1: none */

/* ---- aim: "]Q1" in front of a payload ------------------------------------------- */

enum aim_mode { AIM_AUTO, AIM_ON, AIM_OFF };

/*
 * Take the AIM identifier off data (and ECI escapes out of it, in place) and
 * give the symbology's word; "unknown" where there is none. Returns the
 * payload within data, with *len its length.
 */
unsigned char *aim_strip(enum aim_mode mode, unsigned char *data, size_t *len,
    const char **word);

/* ---- samples of thermometers --------------------------------------------------------- */

struct sample { /* thousandths of a degree Celsius */
	int32_t object_mc, ambient_mc, body_mc;
	bool has_object, has_ambient;
	bool has_body; /* the device's own body temperature */
	int emissivity; /* thousandths, that the device reckons with; 0: it does
	                 * not say */
};

struct settings;

/* What a recogniser says of the start of some bytes; > 0: the length of a
 * good frame. */
#define TAKE_MORE 0
#define TAKE_NOISE (-1)   /* no frame starts here */
#define TAKE_DAMAGED (-2) /* a frame starts here, but its checksum is wrong */

typedef int (*take_fn)(const struct settings *settings,
    const unsigned char *bytes, size_t n, struct sample *sample);

/* ---- drivers ---------------------------------------------------------------------------- */

enum driver_kind {
	DRIVER_LINE,   /* text frames are payloads */
	DRIVER_ASCII,  /* text frames hold numbers */
	DRIVER_PACKET, /* binary frames, found by take */
	DRIVER_SSI,    /* Zebra packets with answers */
	DRIVER_OCR,   /* rows of a machine-readable zone */
};

/* What becomes of the option emissivity. */
enum emissivity {
	EMISSIVITY_NONE,     /* refused: nothing is known of it */
	EMISSIVITY_RECKONED, /* by us, from what the sensor is set to */
	EMISSIVITY_TOLD,     /* the same, but each frame says what that is */
	EMISSIVITY_SENT,     /* the sensor is set to it, and asked again */
};

#define QUERY_MAX 16   /* bytes */
#define COMMAND_MAX 48 /* bytes */

struct driver {
	const char *name;
	unsigned roles;       /* bit 1 << enum reader_role */
	enum driver_kind kind;
	long baud;
	take_fn take;         /* DRIVER_PACKET */
	const char *start;    /* hexadecimal, sent after opening; or NULL */
	const char *query;    /* hexadecimal, sent every query_ms; or NULL */
	/* Instead of query, where it depends on settings; returns its length. */
	size_t (*make_query)(const struct settings *settings,
	    unsigned char out[QUERY_MAX]);
	long query_ms;
	long address;         /* of the device, unless the option says so */
	const char *trigger, *beep, *identity; /* hexadecimal; or NULL */
	bool quiet;           /* start only when asked to by continuous=1 */
	enum emissivity emissivity;
	/* EMISSIVITY_SENT: asks for it, or sets it; returns the length. */
	size_t (*make_emissivity)(const struct settings *settings, bool set,
	    unsigned char out[QUERY_MAX]);
	/* The answer to asking, as take_fn; a value of 0 is a refusal. */
	int (*take_emissivity)(const struct settings *settings,
	    const unsigned char *bytes, size_t n, long *thousandths);
	bool by_register;     /* the option says where it keeps it */
	const char *help;     /* N_() */
};

extern const struct driver drivers[];
extern const size_t ndrivers;

/* The first driver of a role is its default: name NULL. */
const struct driver *driver_find(enum reader_role role, const char *name);

/* ---- settings: the options of a device, checked ----------------------------------------------- */

enum parity { PARITY_NONE, PARITY_EVEN, PARITY_ODD };
enum flow { FLOW_NONE, FLOW_RTSCTS, FLOW_XONXOFF };
enum body_part { BODY_OBJECT, BODY_FOREHEAD, BODY_WRIST };

struct settings {
	enum reader_role role;
	const struct driver *driver; /* NULL: exec:, and cameras */
	long baud, bits, stop, parity, flow, dtr, rts;
	long end, aim, idle_ms;
	long offset_mc, distance_cm, single, continuous, value, mode, query_ms;
	long emissivity, sensor_emissivity; /* thousandths; 0: not told */
	long emissivity_register, emissivity_scale; /* -1, 0: not told */
	long address, function, reg, scale;
	long left, top, width, height; /* of the region of a pixel array */
	long speed; /* of a trace, thousandths; 0: as fast as it goes */
	long frames_s; /* of a camera, its program's business */
	/* Hexadecimal, the driver's unless the device has others; or empty. */
	char trigger[2 * COMMAND_MAX + 1], beep[2 * COMMAND_MAX + 1],
	    identity[2 * COMMAND_MAX + 1];
};

int settings_fill(enum reader_role role, const struct device *device,
    struct settings *settings, struct err *err);

/* ---- packet: byte stream to binary frames -------------------------------------------------------- */

#define PACKET_MAX 4224 /* two of the longest frames */

typedef void (*sample_fn)(void *arg, const struct sample *sample);

struct packet {
	const struct settings *settings;
	int64_t last_ms;
	unsigned damaged; /* frames with a wrong checksum */
	unsigned noise;   /* bytes since the last good frame that were none */
	size_t len;
	unsigned char data[PACKET_MAX];
};

void packet_init(struct packet *p, const struct settings *settings);
void packet_reset(struct packet *p);
void packet_push(struct packet *p, const unsigned char *bytes, size_t n,
    int64_t now_ms, sample_fn fn, void *arg);

/* ---- ascii: a line of text to a sample ---------------------------------------------------------------- */

enum ascii_result {
	ASCII_OK,
	ASCII_NOTHING, /* no number: a banner or an empty line */
	ASCII_DOUBT,   /* numbers, but not which is meant, or out of range */
};

enum ascii_result ascii_parse(const unsigned char *text, size_t n,
    struct sample *sample);

#include "measured.h"

/* ---- ssi: Zebra's packets ---------------------------------------------------------------------------------- */

struct ssi_sink {
	void (*scan)(void *arg, const char *word, const unsigned char *data,
	    size_t len);
	void (*send)(void *arg, const unsigned char *bytes, size_t n);
	void (*raw)(void *arg, const unsigned char *bytes, size_t n);
	void (*trouble)(void *arg, const char *words);
	void (*revision)(void *arg, const unsigned char *text, size_t n);
	void *arg;
};

struct ssi {
	struct ssi_sink sink;
	int64_t last_ms;
	int64_t wake_ms;  /* when command goes out; 0: none waits */
	size_t ncommand;
	unsigned char command[260];
	unsigned damaged; /* packets with a wrong sum, or cut */
	uint32_t last_hash; /* of the last packet of a code */
	bool spoilt;  /* a code of several packets outgrew the buffer, or lacks one */
	bool lost;    /* something came that was no good packet */
	size_t nlost; /* bytes of it */
	bool open;    /* more packets of this code are to come */
	unsigned char type; /* of the code */
	size_t npart; /* bytes of the packet that has begun */
	unsigned char part[260];
	size_t len;
	unsigned char data[EVENT_PAYLOAD_MAX];
};

void ssi_init(struct ssi *s, const struct ssi_sink *sink);
void ssi_reset(struct ssi *s);
void ssi_push(struct ssi *s, const unsigned char *bytes, size_t n,
    int64_t now_ms);
void ssi_tick(struct ssi *s, int64_t now_ms);
int64_t ssi_deadline(const struct ssi *s);
void ssi_start(struct ssi *s, int64_t now_ms); /* asks for packets */
/* 0, or -1: no such command. */
int ssi_command(struct ssi *s, const char *word, int64_t now_ms);
/* A packet with its checksum; returns its length. */
size_t ssi_packet(unsigned char opcode, unsigned char source,
    unsigned char status, const unsigned char *data, size_t n,
    unsigned char out[260]);

/* ---- intake: one device's bytes to events ---------------------------------------------------------------------- */

struct sink {
	void (*event)(void *arg, const struct event *event);
	void (*send)(void *arg, const unsigned char *bytes, size_t n);
	void *arg;
};

/* Something that goes wrong often: said at once, then with its count and at
 * most every COMPLAINT_MS. */
#define COMPLAINT_MS 10000

struct complaint {
	bool said;
	int64_t said_ms;
	unsigned count;
};

struct intake {
	const struct settings *settings;
	struct sink sink;
	int64_t now_ms;
	int64_t query_at_ms; /* -1: never */
	int64_t heard_ms;    /* when the last bytes came, or it was opened */
	struct complaint overlong, empty, cut, damaged, noise, doubt, bad_line,
	    parts, others;
	struct frame frame;
	struct ocr ocr;
	struct packet packet;
	struct measure measure;
	struct ssi ssi;
	struct complaint untaught;
	struct teach teach;
	bool has_ambient; /* of devices that send it by itself */
	int32_t ambient_mc;
	struct trail trail;
	struct identity identity;
	char plate[32];   /* the last one, against repeats */
	int64_t plate_ms;
	struct event event; /* being made */
};

void intake_init(struct intake *s, const struct settings *settings,
    const struct sink *sink);
void intake_start(struct intake *s, int64_t now_ms); /* it was opened */
void intake_bytes(struct intake *s, const unsigned char *bytes, size_t n,
    int64_t now_ms);
void intake_tick(struct intake *s, int64_t now_ms);
int64_t intake_deadline(const struct intake *s); /* -1: none */
/* It is asked again and again, and says nothing: not "ok", though it is open. */
bool intake_mute(const struct intake *s);
/* A command line: answered, sent to the device, or a fault event. */
void intake_command(struct intake *s, const char *line, int64_t now_ms);
/* An event line of another program: passed on, or a fault event. */
void intake_line(struct intake *s, const char *line, int64_t now_ms);
void intake_fault(struct intake *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void intake_complain(struct intake *s, struct complaint *complaint,
    const char *words);

/* ---- temps: the part of an intake that is about temperatures ---------------------------------------------------------- */

void temps_start(struct intake *s); /* settings are there */
void temps_bytes(struct intake *s, const unsigned char *bytes, size_t n);
void temps_sample(void *arg, const struct sample *sample); /* sample_fn */
void temps_tick(struct intake *s);

/* ---- trace: a recording (chot-reader(7)) --------------------------------------------------------------------------- */

#define TRACE_BYTES_MAX 4400

struct trace {
	FILE *file;
	const char *path; /* borrowed */
	int line;
	int64_t at_ms;
};

struct trace_entry {
	int64_t at_ms;
	bool is_line;  /* an event line, in text; else bytes */
	size_t n;
	unsigned char bytes[TRACE_BYTES_MAX];
	char text[EVENT_LINE_MAX + 1];
};

int trace_open(struct trace *trace, const char *path, struct err *err);
void trace_use(struct trace *trace, FILE *file, const char *name);
void trace_close(struct trace *trace);
/* 1 with *entry filled, 0 at the end, -1. */
int trace_next(struct trace *trace, struct trace_entry *entry,
    struct err *err);

/* ---- links: what gives a descriptor ------------------------------------------------------------------------------------ */

struct link {
	int fd;          /* -1: closed */
	bool connecting; /* tcp: writable means connected or failed */
	void *port;      /* of libserialport, or NULL */
};

/* Non-blocking, closed on exec, locked against a second reader. */
int link_open(const struct device *device, const struct settings *settings,
    struct link *link, struct err *err);
void link_close(struct link *link);
/* Another line speed; what came at the old one is forgotten. */
void link_speed(struct link *link, long baud);
/* After connecting: 0, or -1. */
int link_connected(struct link *link, struct err *err);

/* The backends. port_open() returns 1 when path is no port of its kind. */
int port_open(const char *path, const struct settings *settings,
    struct link *link, struct err *err);
void port_close(struct link *link);
void port_speed(struct link *link, long baud);
int tty_open(const char *path, const struct settings *settings,
    struct link *link, struct err *err);
int tty_lock(int fd, const char *path, struct err *err);
void tty_speed(int fd, long baud);
void tty_keep_lines(int fd); /* as they are, when it is closed */
int tcp_open(const char *path, struct link *link, struct err *err);

#include "found.h"

/* ---- diagnose: what is wrong with a scanner's settings ----------------------------- */

#define TESTCODES 4
#define TESTCODE_MAX 900 /* bytes */

/* What the code of the test page says, from 1 on; its length. */
size_t testcode_payload(int number, unsigned char out[TESTCODE_MAX]);

enum finding {
	FINDING_GOOD,
	FINDING_NO_TERMINATOR, FINDING_TERMINATOR, FINDING_PREFIX,
	FINDING_SWAPPED, FINDING_UPPER, FINDING_LOWER, FINDING_LAYOUT,
	FINDING_CHARSET, FINDING_TWICE, FINDING_MARKS, FINDING_DECOMPOSED,
	FINDING_LETTERS, FINDING_SEVEN_BITS, FINDING_LOST, FINDING_SPEED,
	FINDING_SLOW, FINDING_PAUSES, FINDING_OTHER,
	FINDINGS,
};

struct burst { /* all bytes of one scan, as they came */
	const unsigned char *bytes;
	size_t n;
	int64_t took_ms, gap_ms; /* first to last byte; longest pause in it */
};

struct diagnosis {
	int code;       /* which code of the page it was */
	unsigned found; /* bits 1 << enum finding; 0: good */
	enum frame_end end; /* the terminator, END_NONE where there is none */
	char detail[64];    /* of a prefix or an odd terminator, in words */
};

/* asked: the code that somebody was told to scan; idle_ms: silence that ends
 * a reading here. Pure. */
struct diagnosis diagnose(int asked, const struct burst *burst, long idle_ms);
/* What is wrong, and what to do: msgids. */
const char *finding_words(enum finding finding);
const char *finding_advice(enum finding finding);

/* ---- the ways to run: each until done (reader.c) ------------------------------------------------------------------------- */

/* What a run has in common: the loop, the intake, the lines in and out. */
struct reader {
	struct loop *loop;
	const struct device *device;
	const struct reader_options *options;
	struct settings settings;
	struct intake intake;
	long readings;
	bool stopped, failed; /* failed: err says why */
	struct err err;
	char line[EVENT_LINE_MAX + 2];
	int ok_timer;
	struct lines commands;
	char command[256 + 1];
	/* Who takes a command line: the intake, or the program of exec:. */
	void (*on_command)(struct reader *reader, const char *line);
	void *live; /* of the way to run */
};

void reader_say(struct reader *reader, const struct event *event);
void reader_stop(struct reader *reader, const struct err *err); /* NULL: done */

/* "ok" now and every READER_OK_MS, or that a device does not answer, until
 * reader_quiet(). */
#define READER_OK_MS 5000
void reader_alive(struct reader *reader);
void reader_quiet(struct reader *reader);

int run_link(struct reader *reader, struct err *err);  /* live.c */
int run_exec(struct reader *reader, struct err *err);  /* passthrough.c */
int run_trace(struct reader *reader, struct err *err); /* replay.c */

#endif
