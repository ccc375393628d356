/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * intake - one device's bytes to events, whatever gave the bytes.
 *
 * Told the time and writing through a sink: it opens nothing and waits for
 * nothing. What goes wrong often is said at once, and then with its count at
 * most every ten seconds.
 */
#include "parts.h"

#include <stdarg.h>
#include <string.h>

#define PLATE_REPEAT_MS 10000
#define NOISE_BYTES 64 /* that many in a row are no accident */
#define MUTE_MS 30000  /* and two questions */

void
intake_fault(struct intake *s, const char *format, ...)
{
	va_list ap;

	s->event.kind = EVENT_FAULT;
	va_start(ap, format);
	vsnprintf(s->event.words, sizeof(s->event.words), format, ap);
	va_end(ap);
	s->sink.event(s->sink.arg, &s->event);
}

void
intake_complain(struct intake *s, struct complaint *complaint,
    const char *words)
{
	complaint->count++;
	if (complaint->said &&
	    s->now_ms - complaint->said_ms < COMPLAINT_MS)
		return;
	if (complaint->count > 1)
		intake_fault(s, N_("%s, %u times"), words, complaint->count);
	else
		intake_fault(s, "%s", words);
	*complaint = (struct complaint){ .said = true,
		.said_ms = s->now_ms };
}

/* Complains of each that a framer has counted. */
static void
complain_counted(struct intake *s, unsigned *counter,
    struct complaint *complaint, const char *words)
{
	for (; *counter > 0; (*counter)--)
		intake_complain(s, complaint, words);
}

/* ---- codes and plates --------------------------------------------------------- */

static void
emit_scan(struct intake *s, const char *word, const unsigned char *data,
    size_t len)
{
	if (len == 0)
		return;
	if (len > sizeof(s->event.payload)) {
		intake_complain(s, &s->overlong,
		    N_("a code that is too long was dropped"));
		return;
	}
	s->event.kind = EVENT_SCAN;
	strcpy(s->event.word, word);
	memcpy(s->event.payload, data, len);
	s->event.payload_len = len;
	s->sink.event(s->sink.arg, &s->event);
}

/* Spaces go; what else is no plate's is refused, not mended. */
static void
emit_plate(struct intake *s, const unsigned char *data, size_t len)
{
	char plate[sizeof(s->plate)];
	size_t n = 0;
	bool bad = !utf8_valid((const char *)data, len);

	for (size_t i = 0; i < len && !bad; i++) {
		if (data[i] == ' ')
			continue;
		bad = data[i] < ' ' || data[i] == 0x7f || data[i] == '=' ||
		    n + 1 == sizeof(plate);
		if (!bad)
			plate[n++] = (char)data[i];
	}
	plate[n] = '\0';
	if (bad || n == 0) {
		intake_complain(s, &s->doubt, N_("what came is no plate"));
		return;
	}
	if (strcmp(plate, s->plate) == 0 &&
	    s->now_ms - s->plate_ms < PLATE_REPEAT_MS) {
		s->plate_ms = s->now_ms;
		return;
	}
	strcpy(s->plate, plate);
	s->plate_ms = s->now_ms;
	s->event.kind = EVENT_PLATE;
	strcpy(s->event.word, plate);
	s->sink.event(s->sink.arg, &s->event);
}

/* ---- frames ------------------------------------------------------------------------ */

/* The words a scanner said of itself, or that it said none. */
static void
tell_identity(struct intake *s)
{
	bool asked = s->identity.until_ms != 0;

	s->identity.until_ms = 0;
	if (s->identity.refused) {
		intake_fault(s, N_("the scanner refused the command"));
	} else if (asked && s->identity.n == 0) {
		intake_fault(s, N_("the scanner does not say what it is"));
	} else if (asked) {
		s->event.kind = EVENT_IDENTITY;
		memcpy(s->event.words, s->identity.words,
		    sizeof(s->event.words));
		s->sink.event(s->sink.arg, &s->event);
	}
}

/* An answer to a command is no scan. */
static bool
take_reply(struct intake *s, const unsigned char *data, size_t len)
{
	enum reply reply = identity_take(&s->identity, data, len);

	if (reply == REPLY_END)
		tell_identity(s);
	return reply != REPLY_NONE;
}

static void
on_frame(void *arg, const unsigned char *data, size_t len)
{
	struct intake *s = arg;
	unsigned char copy[FRAME_MAX], *payload = copy;
	struct sample sample;
	const char *word;

	if (s->settings->driver->kind == DRIVER_ASCII) {
		switch (ascii_parse(data, len, &sample)) {
		case ASCII_OK:
			temps_sample(s, &sample);
			break;
		case ASCII_DOUBT:
			intake_complain(s, &s->doubt,
			    N_("a reading that cannot be understood"));
			break;
		case ASCII_NOTHING:
			break;
		}
		return;
	}
	if (s->settings->role == ROLE_SCANNER) {
		/* The code may follow the answer to the trigger at once. */
		for (size_t n; (n = identity_span(data, len)) > 0; len -= n) {
			take_reply(s, data, n);
			data += n;
		}
		if (len == 0 || take_reply(s, data, len))
			return;
	}
	memcpy(copy, data, len);
	payload = aim_strip((enum aim_mode)s->settings->aim, copy, &len,
	    &word);
	if (s->settings->role == ROLE_PLATE)
		emit_plate(s, payload, len);
	else
		emit_scan(s, word, payload, len);
}

static void
on_zone(void *arg, const unsigned char *data, size_t len)
{
	emit_scan(arg, "mrz", data, len);
}

static void
on_ssi_scan(void *arg, const char *word, const unsigned char *data, size_t len)
{
	emit_scan(arg, word, data, len);
}

static void
on_ssi_send(void *arg, const unsigned char *bytes, size_t n)
{
	struct intake *s = arg;

	s->sink.send(s->sink.arg, bytes, n);
}

static void
on_ssi_raw(void *arg, const unsigned char *bytes, size_t n)
{
	struct intake *s = arg;

	/* It may have been held, as it could have started a packet. */
	frame_push(&s->frame, bytes, n, s->ssi.last_ms, on_frame, s);
}

static void
on_ssi_trouble(void *arg, const char *words)
{
	intake_fault(arg, "%s", words);
}

static void
on_ssi_revision(void *arg, const unsigned char *text, size_t n)
{
	struct intake *s = arg;

	identity_ask(&s->identity, s->now_ms);
	identity_take(&s->identity, text, n);
	tell_identity(s);
}

static void
complain_of_framers(struct intake *s)
{
	complain_counted(s, &s->frame.overlong, &s->overlong,
	    N_("a code that is too long was dropped"));
	complain_counted(s, &s->frame.empty, &s->empty,
	    N_("a code of nothing but zeros was dropped"));
	complain_counted(s, &s->frame.cut, &s->cut,
	    "a reading was cut off");
	complain_counted(s, &s->ocr.parts, &s->parts,
	    N_("a part of a document was read: show it again"));
	complain_counted(s, &s->ocr.others, &s->others,
	    N_("what came is no machine-readable zone"));
	complain_counted(s, &s->packet.damaged, &s->damaged,
	    "damaged data from the device");
	complain_counted(s, &s->ssi.damaged, &s->damaged,
	    "damaged data from the device");
	if (s->packet.noise >= NOISE_BYTES) {
		s->packet.noise = 0;
		intake_complain(s, &s->noise,
		    N_("data of another device or line speed"));
	}
}

/* ---- the door of the intake ----------------------------------------------------------- */

static void
send_hex(struct intake *s, const char *hex)
{
	unsigned char bytes[64];
	ssize_t n = hex_parse(hex, strlen(hex), bytes, sizeof(bytes));

	if (n > 0)
		s->sink.send(s->sink.arg, bytes, (size_t)n);
}

static bool
asks(const struct driver *driver)
{
	return driver->query != NULL || driver->make_query != NULL;
}

static void
ask(struct intake *s)
{
	const struct driver *driver = s->settings->driver;
	unsigned char bytes[QUERY_MAX];

	s->query_at_ms = s->now_ms + s->settings->query_ms;
	/* Answers without a header keep in step by the question alone. */
	packet_reset(&s->packet);
	if (s->teach.state != TEACH_DONE)
		s->sink.send(s->sink.arg, bytes,
		    teach_make(&s->teach, s->settings, bytes));
	else if (driver->make_query != NULL)
		s->sink.send(s->sink.arg, bytes,
		    driver->make_query(s->settings, bytes));
	else
		send_hex(s, driver->query);
}

void
intake_init(struct intake *s, const struct settings *settings,
    const struct sink *sink)
{
	struct ssi_sink ssi = { on_ssi_scan, on_ssi_send, on_ssi_raw,
		on_ssi_trouble, on_ssi_revision, s };

	memset(s, 0, sizeof(*s));
	s->settings = settings;
	s->sink = *sink;
	s->query_at_ms = -1;
	frame_init(&s->frame, (enum frame_end)settings->end,
	    (int)settings->idle_ms);
	ocr_init(&s->ocr, (int)settings->idle_ms);
	packet_init(&s->packet, settings);
	temps_start(s);
	ssi_init(&s->ssi, &ssi);
	trail_init(&s->trail, settings->role == ROLE_THERMOMETER &&
	    settings->driver != NULL && settings->driver->kind == DRIVER_PACKET);
}

void
intake_start(struct intake *s, int64_t now_ms)
{
	const struct driver *driver = s->settings->driver;

	s->now_ms = s->heard_ms = now_ms;
	s->query_at_ms = -1;
	frame_reset(&s->frame);
	ocr_reset(&s->ocr);
	packet_reset(&s->packet);
	temps_start(s);
	ssi_reset(&s->ssi);
	s->identity.until_ms = 0;
	if (driver == NULL)
		return;
	if (driver->kind == DRIVER_SSI)
		ssi_start(&s->ssi, now_ms);
	if (driver->start != NULL &&
	    (!driver->quiet || s->settings->continuous != 0))
		send_hex(s, driver->start);
	if (asks(driver))
		ask(s);
}

void
intake_bytes(struct intake *s, const unsigned char *bytes, size_t n,
    int64_t now_ms)
{
	intake_tick(s, now_ms);
	s->heard_ms = now_ms;
	trail_note(&s->trail, bytes, n, now_ms);
	switch (s->settings->driver->kind) {
	case DRIVER_LINE:
	case DRIVER_ASCII:
		frame_push(&s->frame, bytes, n, now_ms, on_frame, s);
		break;
	case DRIVER_PACKET:
		temps_bytes(s, bytes, n);
		break;
	case DRIVER_SSI:
		ssi_push(&s->ssi, bytes, n, now_ms);
		break;
	case DRIVER_OCR:
		ocr_push(&s->ocr, bytes, n, now_ms, on_zone, s);
		break;
	}
	complain_of_framers(s);
}

void
intake_tick(struct intake *s, int64_t now_ms)
{
	s->now_ms = now_ms;
	trail_tick(&s->trail, now_ms);
	if (s->settings->driver == NULL)
		return;
	ssi_tick(&s->ssi, now_ms);
	if (s->ssi.npart == 0) /* else the end of the text may be held there */
		frame_tick(&s->frame, now_ms, on_frame, s);
	ocr_tick(&s->ocr, now_ms, on_zone, s);
	temps_tick(s);
	if (identity_due(&s->identity, now_ms))
		tell_identity(s);
	if (s->query_at_ms >= 0 && now_ms >= s->query_at_ms)
		ask(s);
	complain_of_framers(s);
}

bool
intake_mute(const struct intake *s)
{
	return s->query_at_ms >= 0 && s->now_ms - s->heard_ms >
	    MUTE_MS + 2 * (int64_t)s->settings->query_ms;
}

int64_t
intake_deadline(const struct intake *s)
{
	int64_t all[] = { s->ssi.npart == 0 ? frame_deadline(&s->frame) : -1,
		ocr_deadline(&s->ocr), ssi_deadline(&s->ssi),
		measure_deadline(&s->measure), s->query_at_ms,
		s->identity.until_ms != 0 ? s->identity.until_ms : -1 };
	int64_t first = -1;

	for (size_t i = 0; i < nitems(all); i++)
		if (all[i] >= 0 && (first < 0 || all[i] < first))
			first = all[i];
	return first;
}

void
intake_command(struct intake *s, const char *line, int64_t now_ms)
{
	const struct driver *driver = s->settings->driver;
	const char *hex = NULL;

	s->now_ms = now_ms;
	if (line[0] == '\0')
		return;
	if (strcmp(line, "raw") == 0) {
		trail_print(&s->trail, now_ms, &s->event);
		s->sink.event(s->sink.arg, &s->event);
		return;
	}
	if (driver != NULL && driver->kind == DRIVER_SSI &&
	    ssi_command(&s->ssi, line, now_ms) == 0)
		return;
	if (strcmp(line, "trigger") == 0)
		hex = s->settings->trigger;
	if (strcmp(line, "beep") == 0)
		hex = s->settings->beep;
	if (strcmp(line, "identity") == 0)
		hex = s->settings->identity;
	if (hex != NULL && hex[0] != '\0' && hex == s->settings->identity)
		identity_ask(&s->identity, now_ms);
	if (hex == NULL || hex[0] == '\0')
		intake_fault(s, N_("no such command"));
	else
		send_hex(s, hex);
}

void
intake_line(struct intake *s, const char *line, int64_t now_ms)
{
	struct event event;
	struct err err;

	s->now_ms = now_ms;
	trail_tick(&s->trail, now_ms);
	trail_note(&s->trail, (const unsigned char *)line, strlen(line),
	    now_ms);
	if (event_parse(line, &event, &err) < 0) {
		intake_complain(s, &s->bad_line, N_("a line that is no event line"));
		return;
	}
	/* Our own hello was said; what later programs say is not for us, and
	 * which bytes may be told is our business. */
	if (event.kind == EVENT_UNKNOWN || event.kind == EVENT_HELLO ||
	    event.kind == EVENT_RAW)
		return;
	s->sink.event(s->sink.arg, &event);
}
