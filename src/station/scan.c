/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scan - what a scan or a temperature means at this moment: a new person, a
 * further document, the one who waits behind, a vehicle, the same code
 * again. Pure, as session.c is, whose states it moves.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>

/* ---- documents ------------------------------------------------------------------- */

/* A paper that agrees in part is this person's while their documents come in;
 * later it is the next person's, whom another look shall tell. Another card is
 * another's, though their certificate might be that one's. */
static enum credential_match
matches(const struct person *p, const struct credential *c, uint64_t key,
    const struct moment *m)
{
	enum credential_match best = MATCH_NONE;

	if (p->key == key)
		return MATCH_SAME;
	for (size_t i = 0; i < p->ndocuments; i++) {
		enum credential_match match =
		    credential_compare(&p->documents[i], c);

		if (match == MATCH_OTHER)
			return MATCH_NONE;
		if (match == MATCH_PARTLY && (best != MATCH_NONE ||
		    m->now_ms - p->document_ms > JOIN_MS))
			continue;
		if (match != MATCH_NONE)
			best = match;
	}
	return best;
}

/* Nothing in the one that is not in the other. */
static bool
same_paper(const struct credential *a, const struct credential *b)
{
	if (a->nfields != b->nfields || strcmp(a->name, b->name) != 0 ||
	    strcmp(a->issued, b->issued) != 0)
		return false;
	for (size_t i = 0; i < a->nfields; i++)
		if (strcmp(a->fields[i].name, b->fields[i].name) != 0 ||
		    strcmp(a->fields[i].value, b->fields[i].value) != 0)
			return false;
	return true;
}

/* Is c one of the documents already? A newer declaration takes the place of
 * an older one. One that disagrees is another document, and so is a further
 * certificate: a vaccination and a test are two. */
static bool
have_already(const struct person *p, const struct credential *c, size_t *same)
{
	*same = p->ndocuments;
	for (size_t i = 0; i < p->ndocuments; i++) {
		const struct credential *old = &p->documents[i];
		enum credential_match match = credential_compare(old, c);

		if (old->kind != c->kind || match == MATCH_MISMATCH ||
		    match == MATCH_PARTLY)
			continue;
		if (same_paper(old, c))
			return true;
		if (!health_is_paper(c))
			*same = i;
	}
	return false;
}

static bool
is_numbered(const struct person *p)
{
	return p->ndocuments > 0 && person_document(p)->identity[0] != '\0';
}

/* The first paper may have had no number. By the one that has, the lists are
 * asked, and the person is known again. */
static void
know_by_number(struct session *s, const struct moment *m)
{
	struct person *p = &s->person;
	const char *identity = person_document(p)->identity;

	p->key = repeats_key(&s->shift->repeats, identity, strlen(identity));
	p->repeat_min = repeats_minutes(&s->shift->repeats, p->key,
	    session_direction(s) == 0, m->now_ms);
	session_ask(s, m);
}

/* A further document of the person in front. */
static void
join(struct session *s, const struct credential *c, const struct moment *m)
{
	struct person *p = &s->person;
	bool numbered = is_numbered(p);
	size_t at;

	if (have_already(p, c, &at))
		return;
	if (at == DOCUMENTS_MAX || m->now_ms - p->document_ms > JOIN_MS) {
		session_note(s, false, m,
		    _("The same person: decide first, then scan again"));
		return;
	}
	p->documents[at] = *c;
	if (at == p->ndocuments)
		p->ndocuments++;
	p->document_ms = m->now_ms;
	if (!numbered && is_numbered(p))
		know_by_number(s, m);
	if (s->phase == PHASE_VERDICT)
		session_judge(s, "update", m);
	else
		session_try(s, m);
}

static void
queue_behind(struct session *s, const struct credential *c, uint64_t key,
    bool typed, const struct moment *m)
{
	if (s->has_behind && s->behind_key == key)
		return;
	if (s->has_behind) {
		session_note(s, false, m, _("One person waits already: scan this one again later"));
		return;
	}
	s->has_behind = true;
	s->behind = *c;
	s->behind_key = key;
	s->behind_typed = typed;
	s->behind_ms = m->now_ms;
}

static void
arrive(struct session *s, const struct credential *c, uint64_t key,
    bool typed, const struct moment *m)
{
	if (s->phase == PHASE_READY) {
		session_open(s, c, key, typed, m);
		return;
	}
	if (matches(&s->person, c, key, m) != MATCH_NONE) {
		if (s->phase != PHASE_REPEAT)
			join(s, c, m);
		return;
	}
	if (s->phase == PHASE_REPEAT) {
		session_open(s, c, key, typed, m);
		return;
	}
	if ((!s->has_behind || s->behind_key == key) &&
	    surge_decide(s, "next", m)) {
		session_open(s, c, key, typed, m);
		s->has_behind = false;
		return;
	}
	if (s->phase == PHASE_VERDICT && !s->kiosk &&
	    s->judgement.verdict == VERDICT_PASS &&
	    (!s->has_behind || s->behind_key == key) &&
	    session_decide(s, "passed", "next", "", m)) {
		session_open(s, c, key, typed, m);
		s->has_behind = false; /* this is that one, or nobody was */
		return;
	}
	queue_behind(s, c, key, typed, m);
}

/* ---- codes ------------------------------------------------------------------------- */

static uint64_t
credential_key(const struct session *s, const struct credential *c,
    uint64_t payload_key)
{
	return c->identity[0] == '\0' ? payload_key :
	    repeats_key(&s->shift->repeats, c->identity, strlen(c->identity));
}

/* The same code within the window is the same read, however long it is held. */
static bool
seen_lately(struct session *s, uint64_t key, int64_t window_ms,
    const struct moment *m)
{
	for (size_t i = 0; i < nitems(s->seen); i++) {
		bool same;

		if (s->seen[i].key != key || s->seen[i].seen_ms == 0)
			continue;
		same = m->now_ms - s->seen[i].seen_ms <= window_ms;
		s->seen[i].seen_ms = m->now_ms;
		return same;
	}
	s->seen[s->next_seen].key = key;
	s->seen[s->next_seen].badge = false;
	s->seen[s->next_seen].seen_ms = m->now_ms;
	s->next_seen = (s->next_seen + 1) % nitems(s->seen);
	return false;
}

/* A scanner that does not tell what it read: a line of noise (a bad cable, a
 * wrong line speed) must not stand for a person. Codes that people carry are
 * text, and not of a few letters. */
#define CODE_LEAST 6 /* bytes */

static bool
is_noise(const unsigned char *payload, size_t n)
{
	size_t odd = 0;

	for (size_t i = 0; i < n; i++)
		odd += (payload[i] < ' ' && payload[i] != '\t' &&
		    payload[i] != '\r' && payload[i] != '\n' &&
		    (payload[i] < 0x1c || payload[i] > 0x1e)) ||
		    payload[i] == 0x7f;
	return n < CODE_LEAST || odd * 8 > n ||
	    !utf8_valid((const char *)payload, n);
}

static void
badge_secret(struct session *s, const unsigned char *payload, size_t n,
    const struct credential_context *context)
{
	unsigned char secret[CREDENTIAL_SECRET_BYTES];

	s->badge_secret[0] = '\0';
	if (!credential_badge_secret(payload, n, context, secret))
		return;
	hex_print(secret, sizeof(secret), s->badge_secret);
	explicit_bzero(secret, sizeof(secret));
}

/* A card or a list speaks of a vehicle, not of who holds it up. */
static void
vehicle_paper(struct session *s, const struct credential *c,
    const struct moment *m)
{
	const char *plate = credential_field(c, "vehicle");

	if (plate == NULL) {
		session_note(s, true, m, _("No plate in it: type it (B)"));
		return;
	}
	session_plate(s, plate, m);
	s->vehicle.paper = *c;
	session_note(s, proof_of(c) != PROOF_GOOD, m, "%s: %s",
	    s->vehicle.plate, doubt_document(&s->person, c));
}

static void
seen_badge(struct session *s, uint64_t key)
{
	for (size_t i = 0; i < nitems(s->seen); i++)
		s->seen[i].badge |= s->seen[i].key == key;
}

void
session_badge_anew(struct session *s)
{
	for (size_t i = 0; i < nitems(s->seen); i++)
		if (s->seen[i].badge)
			s->seen[i].seen_ms = 0;
}

/* It names a record and nobody: told, not taken for a person. */
static void
printed_slip(struct session *s, const struct credential *c,
    const struct moment *m)
{
	const char *record = credential_field(c, "record");

	if (record == NULL)
		record = "";
	if (c->verification.applies)
		session_note(s, proof_of(c) != PROOF_GOOD, m,
		    _("A printed slip, %s: %s"), record,
		    doubt_document(&s->person, c));
	else
		session_note(s, false, m,
		    _("A printed slip, %s: scan the card"), record);
}

/* What was shown long ago was somebody else's. */
static void
decode(struct session *s, const unsigned char *payload, size_t n,
    const struct credential_context *context, const struct moment *m,
    struct credential *c)
{
	if (m->now_ms - s->parts_ms > PARTS_MS)
		explicit_bzero(&s->parts, sizeof(s->parts));
	credential_join(&s->parts, payload, n, context, c);
	s->parts_ms = m->now_ms;
	if (c->kind != CREDENTIAL_ERROR && credential_field(c, "part") == NULL)
		explicit_bzero(&s->parts, sizeof(s->parts));
}

void
session_scan(struct session *s, const unsigned char *payload, size_t n,
    enum scan_source source, const struct moment *m)
{
	static const int64_t windows_ms[] = {
		[SCAN_SCANNER] = DEBOUNCE_SCANNER_MS,
		[SCAN_NAMED] = DEBOUNCE_SCANNER_MS,
		[SCAN_CAMERA] = DEBOUNCE_CAMERA_MS,
		[SCAN_TYPED] = 0,
	};
	struct credential_context context = {
		.trust = s->setup.trust, .values = s->setup.values,
		.has_now = m->clock != CLOCK_UNCONFIRMED, .now = m->wall,
	};
	struct credential c;
	uint64_t key = repeats_key(&s->shift->repeats, payload, n);

	if (source != SCAN_TYPED && seen_lately(s, key, windows_ms[source], m))
		return;
	if (charset_lost(payload, n)) {
		session_note(s, true, m,
		    _("Scanner's character set is wrong: print test page"));
		return;
	}
	decode(s, payload, n, &context, m, &c);
	s->hint[0] = '\0';
	if (s->shift->closed && c.kind != CREDENTIAL_BADGE) {
		session_note(s, true, m, "%s", _(s->shift->closed_why));
		return;
	}
	if (credential_field(&c, "part") != NULL) {
		session_note(s, false, m, _("Code %s of %s: show the next one"),
		    credential_field(&c, "part"), credential_field(&c, "parts"));
		return;
	}
	switch (c.kind) {
	case CREDENTIAL_ERROR:
		session_note(s, true, m, "%s", _(c.error));
		break;
	case CREDENTIAL_PLATE:
		session_plate(s, c.id, m);
		break;
	case CREDENTIAL_GREEN_LANE:
	case CREDENTIAL_GROUP:
		vehicle_paper(s, &c, m);
		break;
	case CREDENTIAL_BADGE:
		s->badge = c;
		seen_badge(s, key);
		badge_secret(s, payload, n, &context);
		session_act(s, EFFECT_BADGE, strdup(""));
		break;
	case CREDENTIAL_SLIP:
		printed_slip(s, &c, m);
		break;
	case CREDENTIAL_OPAQUE:
		if (source == SCAN_SCANNER && is_noise(payload, n)) {
			session_note(s, true, m,
			    _("Not readable: scan again, or test the scanner"));
			break;
		}
		/* fall through */
	default:
		arrive(s, &c, credential_key(s, &c, key),
		    source == SCAN_TYPED, m);
	}
}

/* ---- temperatures --------------------------------------------------------------------- */

static void
take_reading(struct session *s, const struct reading *reading,
    const struct moment *m)
{
	struct person *p = &s->person;

	p->reading = *reading;
	p->two_people = false;
	if (s->phase == PHASE_VERDICT)
		session_judge(s, "measurement", m);
	else
		session_try(s, m);
}

static void
hold_reading(struct session *s, const struct reading *reading,
    const struct moment *m)
{
	bool fresh = s->held.source != TEMP_NONE &&
	    m->now_ms - s->held.taken_ms <= READING_WAIT_MS;

	s->held_two = fresh && reading->source == TEMP_DEVICE;
	s->held = *reading;
}

/* A reading with nobody in front of the lane. */
static void
reading_alone(struct session *s, const struct reading *reading,
    const struct moment *m)
{
	if (!policy_needs(s->setup.policy, NEED_IDENTITY)) {
		memset(&s->person, 0, sizeof(s->person));
		s->person.present = true;
		s->person.measurement = 1;
		s->person.repeat_min = -1;
		s->person.reading = *reading;
		session_board(s, m);
		session_gather(s, m);
	} else if (strcmp(s->setup.lane->order, "temp-first") == 0 ||
	    reading->source == TEMP_HAND) {
		hold_reading(s, reading, m);
	} else {
		session_note(s, false, m, _("A temperature, but nobody has scanned yet"));
	}
}

void
session_reading(struct session *s, const struct reading *reading,
    const struct moment *m)
{
	struct person *p = &s->person;
	bool hand = reading->source == TEMP_HAND;
	bool two = s->has_behind && !hand &&
	    m->now_ms - s->behind_ms <= READING_WAIT_MS;

	switch (s->phase) {
	case PHASE_READY:
		reading_alone(s, reading, m);
		break;
	case PHASE_REPEAT:
		if (hand)
			hold_reading(s, reading, m);
		break;
	case PHASE_GATHER:
		if (p->reading.source != TEMP_NONE && !hand) {
			break; /* one reading belongs to one person */
		} else if (two && m->now_ms - p->opened_ms <= READING_WAIT_MS) {
			p->two_people = true;
			session_try(s, m);
		} else {
			take_reading(s, reading, m);
		}
		break;
	case PHASE_VERDICT:
		if (hand || (!reading_counts(&p->reading) && !two))
			take_reading(s, reading, m);
		else if (!reading_counts(&p->reading))
			session_note(s, true, m, _("Reading fits two people"));
		else if (strcmp(s->setup.lane->order, "temp-first") == 0)
			hold_reading(s, reading, m);
		break;
	}
}

void
session_plate(struct session *s, const char *text, const struct moment *m)
{
	char compact[24];
	enum plate_class class = plate_parse(text, compact);
	struct person *p = &s->person;

	if (strcmp(compact, s->vehicle.plate) == 0)
		return;
	memset(&s->vehicle, 0, sizeof(s->vehicle));
	memcpy(s->vehicle.plate, compact, sizeof(s->vehicle.plate));
	s->vehicle.class = class;
	s->vehicle.touched_ms = m->now_ms;
	if (s->phase != PHASE_GATHER)
		return;
	p->plate[0] = '\0';
	p->number_aboard = 0;
	session_board(s, m);
	session_ask(s, m);
}

/* By a camera: shown at once, so that the officer can correct it. */
void
session_plate_read(struct session *s, const char *text, const struct moment *m)
{
	char compact[24], shown[PLATE_SHOWN_MAX];

	plate_parse(text, compact);
	if (compact[0] == '\0' || strcmp(compact, s->vehicle.plate) == 0)
		return;
	session_plate(s, compact, m);
	s->vehicle.read = true;
	plate_print(compact, shown);
	session_note(s, false, m, _("Plate read: %s (B corrects)"), shown);
}
