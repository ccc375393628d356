/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * proof - what the papers of a person prove, and the words for it; pure.
 * Part of parts.h.
 */
#ifndef STATION_PROOF_H
#define STATION_PROOF_H

/* proof.c: what the documents prove, and where they disagree. */
enum proof { PROOF_GOOD, PROOF_DOUBT, PROOF_BAD };
enum proof proof_of(const struct credential *c); /* a signed one */
/*
 * Do days (digits, 1 is Monday; "": all) and minutes of the day (both
 * included, -1: all) allow now? A night is of the day on which it begins.
 */
bool proof_hours(const char *days, int from, int until,
    const struct calendar *now);
/* What the vehicle's card or list proves, where no list knows the vehicle. */
void proof_vehicle(const struct session *s, const struct moment *m, struct facts *f);
void proof_shown(const struct session *s, const struct moment *m, struct facts *f);
bool proof_disagree(const struct person *p);

#define DIFFERENCES_MAX 12

struct difference {
	const char *field; /* number, name, birth, sex */
	const struct credential *documents[2];
	const char *values[2];
};
size_t proof_differences(const struct person *p, struct difference out[DIFFERENCES_MAX]);

/* health.c: doses, recovery and tests, by lists and papers: the newest. */
bool health_is_paper(const struct credential *c);
void health_facts(const struct person *p, const struct moment *m, struct facts *f);

/* doubts.c: the same in words. */
const struct credential *doubt_paper(const struct person *p, const struct credential *c);
const char *doubt_document(const struct person *p, const struct credential *c);
void doubt_warnings(const struct session *s, const struct credential *c, struct view_person *v);
void doubt_difference(const struct difference *d, enum language language, char *out, size_t size);

/* examine.c: of every signed paper each question with its answer. */
void examine_papers(const struct session *s, struct view *view);
/* By whose keys papers are judged: a line of counts and the age of the lists,
 * one of what the post does not trust. False: there is no such line. */
#define EXAMINE_KEYS_LINES 2
bool examine_keys(const struct issuers *issuers, int line, const struct moment *m, char out[VIEW_TEXT_MAX]);

#endif
