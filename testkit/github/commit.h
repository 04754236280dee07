#pragma once

#include <cstdint>
#include <string>

#include "testkit/github/repository.h"
#include "testkit/github/site.h"

namespace inlet::simulator::github {

/// 40 hexadecimal digits.
std::string sha_of(const Repository& repository, std::uint64_t stream, std::uint64_t index);
std::string commit_sha(const Repository& repository, std::int64_t index);
/// Appends one commit as lists have it; 0 is the oldest.
void write_commit(const Site& site, const Repository& repository, std::int64_t index,
                  std::string& out);
/// Appends one commit as GET /commits/{ref} has it: with stats and files.
void write_single_commit(const Site& site, const Repository& repository, std::int64_t index,
                         std::string& out);

std::string branch_name(std::int64_t number);
bool is_protected(const Roster::Entry& branch);
/// Appends one branch as lists have it.
void write_branch(const Site& site, const Repository& repository, const Roster::Entry& branch,
                  std::string& out);

}  // namespace inlet::simulator::github
