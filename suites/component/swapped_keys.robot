*** Settings ***
Documentation    Somebody sits between two devices that verify each other, and swaps their keys.

Resource         ../../resources/sync.resource

Test Tags        component    L-0.3    priority:high


*** Test Cases ***
Somebody swaps the keys of two devices
    [Documentation]    Each device shares a secret with somebody else: the emoji have to differ, and nobody is trusted.
    Given Alice and Bob are syncing
      And a man in the middle swaps the keys of Alice and Bob
     When Alice verifies Bob
     Then Alice and Bob should see different emoji within 10 seconds
     When Alice says that the emoji differ
      And Alice sends 5 messages
     Then Alice and Bob should have given up the verification within 10 seconds
      And Bob should receive all 5 messages within 10 seconds

Somebody swaps the keys at the last moment
    [Documentation]    Who has seen both keys can look for one that gives the same emoji: the devices must not wait for
    ...    people to notice.
    Given Alice and Bob are syncing
      And at the last moment a man in the middle swaps the keys of Alice and Bob
     When Alice verifies Bob
      And Alice sends 5 messages
     Then Alice and Bob should have given up the verification within 10 seconds
      And Bob should receive all 5 messages within 10 seconds

Somebody swaps the identity keys
    [Documentation]    The emoji are the same, and Alice says so: the key that Bob gets then must be hers.
    Given Alice and Bob are syncing
      And a man in the middle swaps the identity keys of Alice and Bob
     When Alice verifies Bob
     Then Alice and Bob should see the same emoji within 10 seconds
     When Alice confirms that the emoji match
      And Alice sends 5 messages
     Then Alice and Bob should have given up the verification within 10 seconds
      And Bob should receive all 5 messages within 10 seconds
