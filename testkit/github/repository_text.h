#pragma once

#include <cstdint>
#include <string>

#include "testkit/github/repository.h"
#include "testkit/github/site.h"

namespace inlet::simulator::github {

/// Appends one repository as lists have it.
void write_repository(const Site& site, const Repository& repository, std::string& out);
/// Appends one repository as pull requests hold it: as it was when the simulator started, since a
/// push does not change the pull requests.
void write_nested_repository(const Site& site, const Repository& repository, std::string& out);
/// Appends one repository as GET /repos/{owner}/{repo} has it.
void write_single_repository(const Site& site, const Repository& repository, std::string& out);

/// Organization 0 is `octo-org`.
std::string organization_login(std::int64_t organization);
std::int64_t organization_id(std::int64_t organization);
/// Appends one organization as lists have it.
void write_organization(const Site& site, std::int64_t organization, std::string& out);
/// Appends one organization as GET /orgs/{org} has it.
void write_single_organization(const Site& site, std::int64_t organization, std::string& out);

/// A team of `octo-org`.
std::string team_slug(std::int64_t number);
/// Appends a team as other records have it ("team simple").
void write_simple_team(const Site& site, const Roster::Entry& team, std::string& out);
/// Appends a team as lists have it.
void write_team(const Site& site, const Roster::Entry& team, std::string& out);

}  // namespace inlet::simulator::github
