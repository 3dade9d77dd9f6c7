*** Settings ***
Documentation    What is larger than a push or a page, or one more than fits, comes like anything else.

Resource         ../../resources/sync.resource

Test Tags        catchup    L-1.4    priority:high


*** Test Cases ***
A message is larger than a push
    [Documentation]    A push has its limit, and a message that alone is beyond it goes by itself.
    Given Alice and Bob are syncing
     When Alice sends 3 messages of 600 KB
     Then Bob should receive all 3 messages within 20 seconds
      And Bob should have no duplicates

A message is larger than a page
    [Documentation]    A page of catch-up has at least one message, however large it is.
    Given Alice and Bob are syncing
      And Bob goes offline
     When Alice sends 3 messages of 600 KB
      And Bob comes online
     Then Bob should receive all 3 messages within 20 seconds

More was written offline than one push can take
    [Documentation]    What stands at the border between two pushes is neither lost nor sent twice.
    Given Alice and Bob are syncing
      And Alice goes offline
     When Alice sends 120 messages
      And Alice comes online
     Then Bob should receive all 120 messages within 20 seconds
      And Bob should have no duplicates
