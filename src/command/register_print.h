/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REGISTER_PRINT_H
#define REGISTER_PRINT_H

#include "base.h"
#include "conf.h"
#include "register.h"

/* 2021-10-22 13:00 */
void register_print_time(int64_t at, int utc_offset_s, char out[32]);
/* Which lists are loaded, how old, how many rows. */
int register_print_lists(struct register_store *store, const struct conf *conf,
    bool json, struct err *err);
/* The fields of register_answer_json() that are given. */
void register_print_answer(const struct conf *conf, const char *text);
void register_print_zone(const struct zone *zone, const struct conf *conf,
    bool json);

#endif
