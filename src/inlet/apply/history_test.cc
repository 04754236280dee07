#include "inlet/apply/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "inlet/apply/history_edit.h"
#include "inlet/apply/history_fixture_test.h"

namespace inlet::apply {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(VersionHistory, AChangeOpensARowAndTheNextOneClosesIt) {
  KeyStore key;
  key.apply({upsert(5, "A"), upsert(10, "B")});
  EXPECT_THAT(key.rows(), ElementsAre("A [5,10)", "B [10,)"));
  EXPECT_THAT(key.kept(), IsEmpty());
}

TEST(VersionHistory, EqualEventsAreOneRunWithTheStartOfItsFirstAndTheValuesOfItsLast) {
  KeyStore key({.is_tracked = {true, false}});
  key.apply({upsert(5, "A x"), upsert(10, "A y"), upsert(15, "A z")});
  EXPECT_THAT(key.rows(), ElementsAre("A z [5,)"));
  EXPECT_THAT(key.kept(), ElementsAre("5 A x", "10 A y"));
}

TEST(VersionHistory, AnEqualEventAfterAnotherRunIsARunOfItsOwn) {
  KeyStore key;
  key.apply({upsert(5, "A"), upsert(10, "B"), upsert(15, "A")});
  EXPECT_THAT(key.rows(), ElementsAre("A [5,10)", "B [10,15)", "A [15,)"));
}

TEST(VersionHistory, ALateEventSplitsARunExactly) {
  KeyStore key;
  key.apply({upsert(5, "A")});
  key.apply({upsert(10, "A")});
  key.apply({upsert(15, "A")});
  EXPECT_THAT(key.rows(), ElementsAre("A [5,)"));
  key.apply({upsert(12, "B")});
  EXPECT_THAT(key.rows(), ElementsAre("A [5,12)", "B [12,15)", "A [15,)"));
}

TEST(VersionHistory, ALateEventThatContinuesARunChangesOnlyWhatIsKept) {
  KeyStore key;
  key.apply({upsert(5, "A"), upsert(15, "A")});
  const HistoryEdit edit = key.apply({upsert(10, "A")});
  EXPECT_THAT(edit.add, IsEmpty());
  EXPECT_THAT(edit.remove, IsEmpty());
  EXPECT_THAT(edit.outcomes, ElementsAre(Outcome::Committed));
  EXPECT_THAT(key.kept(), ElementsAre("5 A", "10 A"));
}

TEST(VersionHistory, ALateEventBeforeTheFirstMovesTheStartOfAnEqualRun) {
  KeyStore key;
  key.apply({upsert(5, "A")});
  key.apply({upsert(3, "A")});
  EXPECT_THAT(key.rows(), ElementsAre("A [3,)"));
}

TEST(VersionHistory, AnEventThatJoinsTwoRunsMakesOneRow) {
  KeyStore key;
  key.apply({upsert(5, "A"), remove(7), upsert(9, "A")});
  EXPECT_THAT(key.rows(), ElementsAre("A [5,7)", "A [9,)"));
  KeyStore tracked({.is_tracked = {true, false}});
  tracked.apply({upsert(5, "A x"), upsert(7, "B y"), upsert(9, "A z")});
  tracked.apply({upsert(7, "A y")});
  EXPECT_THAT(tracked.rows(), ElementsAre("A z [5,)"));
}

TEST(VersionHistory, ADeleteClosesTheOpenRowAndInsertsNothing) {
  KeyStore key;
  key.apply({upsert(5, "A")});
  const HistoryEdit edit = key.apply({remove(9)});
  EXPECT_THAT(key.rows(), ElementsAre("A [5,9)"));
  EXPECT_THAT(key.kept(), IsEmpty());
  EXPECT_TRUE(edit.has_deleted);
}

TEST(VersionHistory, AnUpsertAfterADeleteOpensARowAndLeavesTheGap) {
  KeyStore key;
  key.apply({upsert(5, "A"), remove(7)});
  key.apply({upsert(9, "A")});
  EXPECT_THAT(key.rows(), ElementsAre("A [5,7)", "A [9,)"));
}

TEST(VersionHistory, ADeleteBeforeAnyUpsertIsATombstone) {
  KeyStore key;
  const HistoryEdit edit = key.apply({remove(9)});
  EXPECT_THAT(key.rows(), IsEmpty());
  EXPECT_THAT(key.kept(), ElementsAre("9 delete"));
  EXPECT_FALSE(edit.has_deleted);
  key.apply({upsert(5, "A")});
  EXPECT_THAT(key.rows(), ElementsAre("A [5,9)"));
}

TEST(VersionHistory, ADeleteAfterADeleteIsKeptForUpsertsBetweenThem) {
  KeyStore key;
  key.apply({upsert(3, "A"), remove(5), remove(9)});
  EXPECT_THAT(key.kept(), ElementsAre("9 delete"));
  key.apply({upsert(7, "B")});
  EXPECT_THAT(key.rows(), ElementsAre("A [3,5)", "B [7,9)"));
}

TEST(VersionHistory, ALateDeleteSplitsARun) {
  KeyStore key;
  key.apply({upsert(5, "A"), upsert(10, "A")});
  const HistoryEdit edit = key.apply({remove(7)});
  EXPECT_THAT(key.rows(), ElementsAre("A [5,7)", "A [10,)"));
  EXPECT_FALSE(edit.has_deleted) << "the row at 10 is still open";
}

TEST(VersionHistory, OnATieTheDeleteWinsAndTheRowWithoutLengthIsDropped) {
  for (const bool is_delete_first : {true, false}) {
    KeyStore key;
    key.apply({upsert(5, "A")});
    if (is_delete_first) key.apply({remove(7)});
    key.apply({upsert(7, "B")});
    const HistoryEdit edit = key.apply({remove(7)});
    EXPECT_THAT(key.rows(), ElementsAre("A [5,7)"));
    EXPECT_EQ(edit.has_deleted, !is_delete_first);
  }
}

TEST(VersionHistory, ADeleteAtTheSequenceOfTheOnlyUpsertRemovesItsRow) {
  KeyStore key;
  key.apply({upsert(5, "A")});
  const HistoryEdit edit = key.apply({remove(5)});
  EXPECT_THAT(key.rows(), IsEmpty());
  EXPECT_THAT(key.kept(), ElementsAre("5 delete"));
  EXPECT_TRUE(edit.has_deleted);
  EXPECT_THAT(key.apply({upsert(5, "B")}).outcomes, ElementsAre(Outcome::Deduplicated));
  EXPECT_THAT(key.rows(), IsEmpty());
}

TEST(VersionHistory, AmongUpsertsOfOneSequenceTheLaterInTheSourceWins) {
  KeyStore key;
  EXPECT_THAT(key.apply({upsert(5, "A"), upsert(5, "B")}).outcomes,
              ElementsAre(Outcome::Deduplicated, Outcome::Committed));
  EXPECT_THAT(key.rows(), ElementsAre("B [5,)"));
  EXPECT_THAT(key.apply({upsert(5, "C")}).outcomes, ElementsAre(Outcome::Committed));
  EXPECT_THAT(key.rows(), ElementsAre("C [5,)"));
}

TEST(VersionHistory, ExactDuplicatesCollapse) {
  KeyStore key;
  EXPECT_THAT(key.apply({upsert(5, "A"), upsert(5, "A"), remove(7), remove(7)}).outcomes,
              ElementsAre(Outcome::Deduplicated, Outcome::Committed, Outcome::Deduplicated,
                          Outcome::Committed));
  EXPECT_THAT(key.rows(), ElementsAre("A [5,7)"));
}

TEST(VersionHistory, RepeatingChangesChangesNothing) {
  KeyStore key;
  const std::vector<Event> changes = {remove(1), upsert(3, "A"), upsert(5, "A"),
                                      remove(7), remove(8),      upsert(9, "B")};
  key.apply(changes);
  const HistoryEdit edit = key.apply(changes);
  EXPECT_THAT(edit.outcomes, testing::Each(Outcome::Unchanged));
  EXPECT_TRUE(is_empty(edit));
}

TEST(VersionHistory, OnlyTrackedValuesMakeVersions) {
  KeyStore key({.is_tracked = {true, false}});
  key.apply({upsert(5, "A x")});
  key.apply({upsert(6, "A y")});
  EXPECT_THAT(key.rows(), ElementsAre("A y [5,)"));
  key.apply({upsert(7, "B y")});
  EXPECT_THAT(key.rows(), ElementsAre("A y [5,7)", "B y [7,)"));
}

TEST(VersionHistory, ANullIsAValue) {
  KeyStore key;
  key.apply({upsert(5, "A"), upsert(6, "null"), upsert(7, "null")});
  EXPECT_THAT(key.rows(), ElementsAre("A [5,6)", "null [6,)"));
}

TEST(VersionHistory, WhatABatchLacksIsCarriedOver) {
  KeyStore key;
  key.apply({upsert(5, "A x"), remove(8)});
  key.apply({upsert(6, "B -"), upsert(7, "C -"), upsert(9, "D -")});
  EXPECT_THAT(key.rows(), ElementsAre("A x [5,6)", "B x [6,7)", "C x [7,8)", "D null [9,)"));
  EXPECT_THAT(key.apply({upsert(6, "B -")}).outcomes, ElementsAre(Outcome::Unchanged));
  key.apply({upsert(5, "E -")});
  EXPECT_EQ(key.rows().front(), "E x [5,6)") << "nothing was sent in the place of x";
}

TEST(VersionHistory, AnEventThatLeftTheKeptOnesIsForgottenOneEditLater) {
  KeyStore key;
  key.apply({upsert(5, "A"), upsert(10, "A"), upsert(15, "A")});
  key.apply({upsert(12, "B")});
  EXPECT_THAT(key.rows(), ElementsAre("A [5,12)", "B [12,15)", "A [15,)"));
  EXPECT_THAT(key.kept(), ElementsAre("5 A", "10 A")) << "10 is a row of the table now";
  key.apply({upsert(20, "C")});
  EXPECT_THAT(key.kept(), ElementsAre("5 A"));
}

TEST(VersionHistory, ARunWhoseFirstEventWasLostKeepsItsStart) {
  KeyStore key;
  key.apply({upsert(5, "A"), upsert(10, "A"), upsert(15, "A")});
  key.lose_kept();
  key.apply({upsert(12, "B")});
  EXPECT_THAT(key.rows(), ElementsAre("A [5,12)", "B [12,15)", "A [15,)"));
  key.apply({upsert(8, "C")});
  EXPECT_THAT(key.rows(), ElementsAre("A [5,8)", "C [8,12)", "B [12,15)", "A [15,)"));
  EXPECT_TRUE(is_empty(key.apply({upsert(8, "C")})));
}

TEST(VersionHistoryWithoutNulls, ValuesGoOnUntilTheyAreSent) {
  KeyStore key({.ignore_null_updates = true});
  key.apply({upsert(5, "A x")});
  key.apply({upsert(6, "B -"), upsert(7, "- y")});
  EXPECT_THAT(key.rows(), ElementsAre("A x [5,6)", "B x [6,7)", "B y [7,)"));
  EXPECT_THAT(key.kept(), ElementsAre("6 B -", "7 - y"));
}

TEST(VersionHistoryWithoutNulls, ALateValueGoesOnIntoLaterRowsThatDidNotSendIt) {
  KeyStore key({.ignore_null_updates = true});
  key.apply({upsert(5, "A x"), upsert(9, "B -"), upsert(11, "B z")});
  EXPECT_THAT(key.rows(), ElementsAre("A x [5,9)", "B x [9,11)", "B z [11,)"));
  key.apply({upsert(7, "- y")});
  EXPECT_THAT(key.rows(), ElementsAre("A x [5,7)", "A y [7,9)", "B y [9,11)", "B z [11,)"));
}

TEST(VersionHistoryWithoutNulls, AnEventThatSendsNothingNewIsPartOfItsRun) {
  KeyStore key({.ignore_null_updates = true});
  key.apply({upsert(5, "A x"), upsert(6, "- -")});
  EXPECT_THAT(key.rows(), ElementsAre("A x [5,)"));
}

TEST(VersionHistoryWithoutNulls, NothingGoesOnBeyondADelete) {
  KeyStore key({.ignore_null_updates = true});
  key.apply({upsert(5, "A x"), remove(7), upsert(9, "B -")});
  EXPECT_THAT(key.rows(), ElementsAre("A x [5,7)", "B null [9,)"));
}

TEST(VersionHistoryWithoutNulls, EqualSequencesAreJoinedValueByValue) {
  KeyStore key({.ignore_null_updates = true});
  key.apply({upsert(5, "A -")});
  key.apply({upsert(5, "- x")});
  EXPECT_THAT(key.rows(), ElementsAre("A x [5,)"));
}

KeyStore latest_store() {
  return KeyStore({.keeps_versions = false, .ignore_null_updates = true});
}

TEST(LatestWithoutNulls, EachValueIsTheLatestThatWasSent) {
  KeyStore key = latest_store();
  key.apply({upsert(5, "A x")});
  key.apply({upsert(9, "B -")});
  EXPECT_THAT(key.rows(), ElementsAre("B x"));
  key.apply({upsert(7, "C y")});
  EXPECT_THAT(key.rows(), ElementsAre("B y")) << "a plain coalesce keeps x";
  EXPECT_THAT(key.kept(), testing::IsSupersetOf({"7 C y", "9 B -"}));
}

TEST(LatestWithoutNulls, AnEventWhoseValuesAreAllOverwrittenIsNotKept) {
  KeyStore key = latest_store();
  key.apply({upsert(5, "A x"), upsert(9, "B -")});
  key.apply({upsert(11, "C z")});
  EXPECT_THAT(key.apply({upsert(10, "D y")}).outcomes, ElementsAre(Outcome::Deduplicated));
  key.apply({upsert(12, "E z")});
  EXPECT_THAT(key.rows(), ElementsAre("E z"));
  EXPECT_THAT(key.kept(), IsEmpty());
}

TEST(LatestWithoutNulls, ADeleteLeavesATombstone) {
  KeyStore key = latest_store();
  key.apply({upsert(5, "A x")});
  EXPECT_TRUE(key.apply({remove(7)}).has_deleted);
  EXPECT_THAT(key.rows(), IsEmpty());
  EXPECT_THAT(key.apply({upsert(6, "B y")}).outcomes, ElementsAre(Outcome::Deduplicated));
  EXPECT_THAT(key.rows(), IsEmpty());
  EXPECT_THAT(key.apply({remove(6)}).outcomes, ElementsAre(Outcome::Deduplicated));
  EXPECT_THAT(key.apply({remove(7)}).outcomes, ElementsAre(Outcome::Unchanged));
}

TEST(LatestWithoutNulls, OnATieTheUpsertWins) {
  for (const bool is_delete_first : {true, false}) {
    KeyStore key = latest_store();
    if (is_delete_first) key.apply({remove(7)});
    key.apply({upsert(7, "A x")});
    key.apply({remove(7)});
    EXPECT_THAT(key.rows(), ElementsAre("A x"));
  }
}

TEST(LatestWithoutNulls, ALateValueNeverReachesBehindADelete) {
  KeyStore key = latest_store();
  key.apply({upsert(5, "A x"), remove(7), upsert(9, "B -")});
  EXPECT_THAT(key.rows(), ElementsAre("B null"));
  key.apply({upsert(6, "- y")});
  EXPECT_THAT(key.rows(), ElementsAre("B null"));
}

TEST(LatestWithoutNulls, ALateDeleteTakesBackWhatWasSentBeforeIt) {
  KeyStore key = latest_store();
  key.apply({upsert(5, "A x"), upsert(9, "B -")});
  const HistoryEdit edit = key.apply({remove(7)});
  EXPECT_THAT(key.rows(), ElementsAre("B null"));
  EXPECT_FALSE(edit.has_deleted);
  EXPECT_THAT(edit.outcomes, ElementsAre(Outcome::Committed));
}

}  // namespace
}  // namespace inlet::apply
