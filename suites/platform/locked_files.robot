*** Settings ***
Documentation    On Windows a file that one program has open for itself no other one can write. Linux has no such locks:
...              here another program holds the lock of the device's database, which is an emulation of them.

Resource         ../../resources/sync.resource

Test Tags        platform    X-PLAT-02    priority:high


*** Test Cases ***
Another program has a device's files
    [Documentation]    What Bob cannot store he tries again until he can, and goes on where he was.
    Given Alice and Bob are syncing
     When Alice sends 50 messages
      And Bob's files are locked after he has received 20 messages
      And Bob's files are unlocked after 40 seconds
     Then Bob should receive all 50 messages within 30 seconds
      And Bob should have no duplicates
      And Bob's messages should be in order
