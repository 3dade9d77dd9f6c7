*** Settings ***
Documentation    Two devices verify each other by short authentication strings: nobody may be verified by mistake.

Resource         ../../resources/sync.resource

Test Tags        component    L-0.3    priority:high


*** Test Cases ***
Two devices verify each other
    [Documentation]    Both show the same emoji, both people say so.
    Given Alice and Bob are syncing
     When Alice verifies Bob
     Then Alice and Bob should see the same emoji within 10 seconds
     When Alice confirms that the emoji match
      And Bob confirms that the emoji match
      And Alice sends 5 messages
     Then Alice and Bob should have verified each other within 10 seconds
      And Bob should receive all 5 messages within 10 seconds

One person says that the emoji differ
    [Documentation]    It takes both people: one of them must not be enough for either device to count as verified.
    Given Alice and Bob are syncing
     When Alice verifies Bob
      And Alice confirms that the emoji match
      And Bob says that the emoji differ
      And Alice sends 5 messages
     Then Alice and Bob should have given up the verification within 10 seconds
      And Bob should receive all 5 messages within 10 seconds

The verification is cancelled
    [Documentation]    Who was asked does not want to; who asked must hear of it.
    Given Alice and Bob are syncing
     When Alice verifies Bob
      And Alice and Bob should see the same emoji within 10 seconds
      And Bob cancels the verification
      And Alice sends 5 messages
     Then Alice and Bob should have given up the verification within 10 seconds
      And Bob should receive all 5 messages within 10 seconds

The network is cut in mid-verification
    [Documentation]    What a person said without a network arrives when it is back.
    Given Alice and Bob are syncing
      And Alice verifies Bob
      And Alice and Bob should see the same emoji within 10 seconds
     When Bob's network is cut
      And Bob sends 5 messages
      And Alice confirms that the emoji match
      And Bob confirms that the emoji match
      And Bob's network is restored after 5 seconds
     Then Alice and Bob should have verified each other within 20 seconds
      And Alice should receive all 5 messages within 20 seconds
