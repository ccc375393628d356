/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * parts - what the modules of chot-camera share.
 *
 * Pictures come in (still.c, stream.c), become grey frames (grey.c), are
 * looked at (look.c and its stages) and decoded by zbar (decode.c); event
 * lines go out (report.c). Every stage is bounded: by the size of a frame,
 * by a count of candidates, by a budget of work.
 */
#ifndef CAMERA_PARTS_H
#define CAMERA_PARTS_H

#include "base.h"
#include "conf.h"

/* ---- grey.c: a grey picture ------------------------------------------------ */

#define GREY_SIDE_MAX 16384
#define GREY_PIXELS_MAX (40 * 1000 * 1000) /* the largest picture taken */

struct grey {
	int width, height;     /* pixels; rows follow each other without a gap */
	unsigned char *pixels; /* 0 black to 255 white */
};

/* The caller frees it. NULL with err: sides out of bounds, or no memory. */
struct grey *grey_new(int width, int height, struct err *err);
void grey_free(struct grey *grey); /* NULL is allowed */
bool grey_fits(long width, long height);

/* ---- picture.c, pnm.c, png.c, jpeg.c: files -------------------------------- */

#define PICTURE_BYTES_MAX (64u << 20) /* the largest file taken */

/* Read a picture file of any known format; damaged ones are ERR_INPUT. */
struct grey *picture_read(const char *path, struct err *err);
bool picture_named(const char *name); /* by its ending */
struct grey *pnm_parse(const unsigned char *bytes, size_t n, struct err *err);
struct grey *png_parse(const unsigned char *bytes, size_t n, struct err *err);
/* Write rows of red, green, blue. */
int png_write(const char *path, const unsigned char *rgb, int width,
    int height, struct err *err);
struct grey *jpeg_parse(const unsigned char *bytes, size_t n, struct err *err);

/* ---- y4m.c: uncompressed video ----------------------------------------------- */

#define Y4M_LINE_MAX 256                   /* bytes of a header line */
#define Y4M_PIXELS_MAX (16 * 1000 * 1000)  /* of one frame */

enum y4m_state { Y4M_HEADER, Y4M_MARK, Y4M_LUMA, Y4M_CHROMA, Y4M_LOST };

struct y4m {
	enum y4m_state state;
	char line[Y4M_LINE_MAX + 1];
	size_t line_len;
	struct grey *frame; /* NULL before the header */
	size_t chroma;      /* bytes after each luma plane */
	size_t got;         /* bytes of this plane so far */
	long rate, scale;   /* frames in so many seconds */
	int64_t frames;     /* whole ones so far */
};

/* frame is borrowed until fn returns; at_ms is its time in the stream. */
typedef void (*frame_fn)(void *arg, const struct grey *frame, int64_t at_ms);

void y4m_init(struct y4m *y4m);
void y4m_clear(struct y4m *y4m); /* frees the frame */
/* Take n bytes, moving both. -1 with ERR_INPUT: damaged; push what is left
 * again to go on at the next header. */
int y4m_push(struct y4m *y4m, const unsigned char **bytes, size_t *n,
    frame_fn fn, void *arg, struct err *err);
/* False in the middle of a frame or header: it was cut short. */
bool y4m_whole(const struct y4m *y4m);

/* ---- convert.c: what cameras deliver -------------------------------------------- */

enum pixels { PIXELS_GREY, PIXELS_YUYV, PIXELS_UYVY, PIXELS_NV12,
	PIXELS_MJPEG };

struct raw {
	enum pixels pixels;
	int width, height;
	size_t stride; /* bytes a row; not used for MJPEG */
};

/* By the four characters of V4L2; -1 when the format is not known. */
int pixels_of(const char fourcc[4], enum pixels *pixels);
struct grey *convert(const struct raw *raw, const unsigned char *bytes,
    size_t n, struct err *err);

/* ---- multipart.c: a stream of pictures over HTTP ------------------------------------- */

#define MULTIPART_BOUNDARY_MAX 120
#define MULTIPART_LINE_MAX 500
#define MULTIPART_HEAD_MAX 40          /* lines */
#define MULTIPART_PART_MAX (8u << 20)  /* bytes of a picture */

enum multipart_state { MULTIPART_BETWEEN, MULTIPART_HEAD, MULTIPART_COUNTED,
	MULTIPART_SEARCHED, MULTIPART_REST };

struct multipart {
	enum multipart_state state;
	char boundary[MULTIPART_BOUNDARY_MAX + 1];
	size_t boundary_len;
	char line[MULTIPART_LINE_MAX + 1];
	size_t line_len;
	int head_lines;
	long length; /* bytes still to come; -1: not told */
	unsigned char *part;
	size_t len, room, searched;
	bool spoilt; /* too long */
};

typedef void (*multipart_fn)(void *arg, const unsigned char *part, size_t n);

/* type: the value of Content-Type. */
int multipart_init(struct multipart *m, const char *type, struct err *err);
void multipart_clear(struct multipart *m);
void multipart_push(struct multipart *m, const unsigned char *bytes, size_t n,
    multipart_fn fn, void *arg);

/* ---- modes.c: which format, size and rate of a camera ----------------------------- */

#define MODES_MAX 256

struct mode {
	enum pixels pixels;
	unsigned fourcc;
	int width, height;
	float rate; /* frames a second at most; 0: not told */
};

struct modes {
	size_t count;
	struct mode mode[MODES_MAX];
};

void modes_add(struct modes *modes, const struct mode *mode);
/* The best for reading, near to what is wished; NULL when there is none. */
const struct mode *modes_choose(const struct modes *modes, int width,
    int height, int rate);

/* ---- expose.c: exposure for the code -------------------------------------------------- */

struct light {
	bool code;  /* something like a code is in view and does not read */
	int mean;   /* its grey level */
	int blown;  /* of 1,000 pixels, those at the top */
};

struct expose {
	int least, most, value; /* in the driver's units */
	bool taken;
	int64_t step_ms, code_ms;
};

enum expose_order { EXPOSE_KEEP, EXPOSE_SET, EXPOSE_GIVE_BACK };

enum expose_order expose_step(struct expose *expose, const struct light *light,
    int64_t now_ms);

/* ---- decode.c: zbar ------------------------------------------------------------ */

#define CODE_BYTES_MAX 7089 /* a QR code of digits alone */
#define CODES_MAX 64        /* in one frame */

struct code {
	const char *word; /* its symbology, static */
	size_t len;
	unsigned char bytes[CODE_BYTES_MAX];
};

struct codes {
	size_t count;
	struct code code[CODES_MAX];
};

struct decoder;

struct decoder *decoder_new(struct err *err);
void decoder_free(struct decoder *decoder); /* NULL is allowed */
/* Look for other symbologies as well: names with a '+' between, as in
 * "qr+code128". QR codes are always looked for. */
int decoder_also(struct decoder *decoder, const char *names, struct err *err);
/* Of the codes of lines that were asked for, those in a frame. */
bool decoder_wants_lines(const struct decoder *decoder);
int decoder_scan_lines(struct decoder *decoder, const struct grey *grey,
    struct codes *codes, struct err *err);
/* Forget what earlier frames left behind. */
int decoder_fresh(struct decoder *decoder, struct err *err);
/* Scan every density-th line; add new codes to codes. The count found, or -1. */
int decoder_scan(struct decoder *decoder, const struct grey *grey, int density,
    struct codes *codes, struct err *err);
/* Add a code unless the same is there, or there is no room. */
void codes_add(struct codes *codes, const char *word, const void *bytes,
    size_t len);

/* ---- look.c: one frame, all stages ------------------------------------------------ */

struct look;
struct notes;
struct cost;

#define LOOK_STILL_MS 600 /* the longest look at a picture */
#define LOOK_VIDEO_MS 60  /* at a frame of video */

typedef int64_t (*clock_fn)(void); /* microseconds */

/* The caller frees it. */
struct look *look_new(struct err *err);
void look_free(struct look *look); /* NULL is allowed */
/* Keep to LOOK_STILL_MS and LOOK_VIDEO_MS by this clock. */
void look_clock(struct look *look, clock_fn now_us);
/* still: a picture for itself, that gets all passes at once. codes is filled
 * and *hint says why nothing reads, NULL when there is nothing to say. */
int look_at(struct look *look, const struct grey *grey, bool still,
    struct codes *codes, const char **hint, struct err *err);
/* As decoder_also(). */
int look_also(struct look *look, const char *names, struct err *err);
/* Have the stages noted (stages.h) from now on; NULL ends it. */
void look_note(struct look *look, struct notes *notes);
/* Of the last frame: which pass read it, "none"; what it took. */
const char *look_pass(const struct look *look);
const struct light *look_light(const struct look *look);
const struct cost *look_cost(const struct look *look);

/* ---- seen.c: the same code again ---------------------------------------------------- */

#define SEEN_MAX CODES_MAX
#define SEEN_MS 5000

struct sighting {
	bool used;
	int64_t last_ms;
	struct code code;
};

struct seen {
	struct sighting sightings[SEEN_MAX];
};

/* True when the code was seen within SEEN_MS; remembers it either way. */
bool seen_again(struct seen *seen, const struct code *code, int64_t now_ms);

/* ---- report.c: event lines out --------------------------------------------------------- */

#define REPORT_HINT_MS 500 /* between two hints */

struct report {
	int fd;
	long readings, limit; /* limit 0: without end */
	bool hinted;
	int64_t hint_ms;
	bool gone; /* nobody reads any more */
};

void report_init(struct report *report, int fd, long limit);
void report_hello(struct report *report);
void report_ok(struct report *report);
void report_scan(struct report *report, const struct code *code);
void report_hint(struct report *report, const char *word, int64_t now_ms);
/* subject (a file's name, may be NULL) is cleaned and put before the words. */
void report_fault(struct report *report, const char *subject,
    const char *words);
bool report_done(const struct report *report); /* limit reached, or gone */

/* ---- stuck.c: the loop does not turn any more --------------------------------------- */

#define STUCK_S 15 /* less than the station waits for a sign of life */

/* From now on a fault line on fd ends us, unless we say in time that we are
 * not stuck. */
void stuck_watch(int fd);
void stuck_not(void);

/* ---- settings of a camera's device string ------------------------------------------------- */

/* size=1280x720; unchanged when it is not given. */
int camera_size(const struct device *device, int *width, int *height,
    struct err *err);

/* ---- explain.c: a picture of what the stages saw ------------------------------------------- */

int explain(const char *picture, const char *out, struct err *err);

/* ---- camera.c: from frames to events; still.c, stream.c, v4l2.c: their sources ------- */

struct camera {
	struct loop *loop;
	struct look *look;
	struct report report;
	struct seen seen;
	struct codes codes;
};

void camera_frame(struct camera *camera, const struct grey *grey, bool still,
    int64_t at_ms);
/* Give every picture of a folder. 0 at the end, -1 when it cannot be listed. */
int still_run(struct camera *camera, const char *path, struct err *err);
/* Frames of a camera, until it fails. */
int v4l2_run(struct camera *camera, const struct device *device,
    struct err *err);
/* Pictures of a camera in the network, until stopped. */
int http_run(struct camera *camera, const struct device *device,
    struct err *err);
/* Follow a Y4M file to its end, or a FIFO until stopped. */
int stream_run(struct camera *camera, const char *path, struct err *err);

#endif
