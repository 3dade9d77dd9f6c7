*** Settings ***
Documentation    Changes that come before what they build on, or too late to matter.

Resource         ../../resources/sync.resource

Test Tags        p2p


*** Test Cases ***
Create after delete
    [Documentation]    Carol hears that Bob has deleted a film while it still comes: she must not have it in the end.
    [Tags]    P-2.2.1    priority:high
    Given Alice, Bob and Carol share a folder
      And Carol goes offline
     When Alice writes file "film.bin" of 1 MB
     Then Bob should have Alice's file "film.bin" within 10 seconds
     When Bob deletes file "film.bin"
      And Carol comes online
     Then file "film.bin" should be deleted everywhere within 30 seconds

Update without base
    [Documentation]    What Bob has made of a film comes before the film itself: it is no second version of it.
    [Tags]    P-2.2.2    priority:high
    Given Alice, Bob and Carol share a folder in a chain
      And Carol goes offline
     When Alice writes file "film.bin" of 1 MB
     Then Bob should have Alice's file "film.bin" within 10 seconds
     When Bob writes file "film.bin"
      And Carol comes online
     Then file "film.bin" should have 1 version everywhere within 30 seconds
      And Carol should have Bob's file "film.bin" within 10 seconds

Future updates
    [Documentation]    What was written by a clock that is ten days ahead does not outlive what is written after it.
    [Tags]    P-2.2.4    priority:high
    Given Alice, Bob and Carol share a folder
      And Carol's clock is 240 hours ahead
     When Carol writes file "plan.txt"
     Then all folders should be equal within 30 seconds
     When Alice writes file "plan.txt"
     Then Carol should have Alice's file "plan.txt" within 10 seconds
      And all folders should be equal within 30 seconds

Orphaned updates
    [Documentation]    Bob protects what Alice wrote, and she is gone: Carol, who never had the file, gets it from Bob.
    [Tags]    P-2.2.3    priority:high
    Given Alice, Bob and Carol share a folder
      And Carol goes offline
     When Alice writes file "plan.txt"
     Then Bob should have Alice's file "plan.txt" within 10 seconds
     When Alice and Bob go offline
      And Bob makes file "plan.txt" read-only
      And Bob and Carol come online
     Then Carol should have Bob's file "plan.txt" within 10 seconds
     When Alice comes online
     Then all folders should be equal within 30 seconds

Partial directory sync
    [Documentation]    Bob is killed when he has half of a directory: Carol gets that half from him, and the rest later.
    [Tags]    P-2.2.5    priority:high
    Given Alice, Bob and Carol share a folder in a chain
      And Carol goes offline
     When Alice fills folder "photos" with 20 files of 4 KB
      And Bob is killed after he has received 10 files
      And Alice goes offline
      And Carol comes online
      And Bob starts again after 3 seconds
     Then Carol should have got 40 KB of files within 30 seconds
     When Alice comes online
     Then all folders should be equal within 30 seconds

Split brain updates
    [Documentation]    Both parts of a network update one file: both versions are kept, and the same one is shown.
    [Tags]    P-2.2.6    priority:high
    Given Alice, Bob and Carol share a folder
     When Alice writes file "plan.txt"
     Then all folders should be equal within 30 seconds
     When the network splits into Alice against Bob and Carol
      And Alice writes file "plan.txt"
      And Bob writes file "plan.txt"
      And the network heals after 3 seconds
     Then file "plan.txt" should have 2 versions everywhere within 30 seconds
      And all folders should be equal within 30 seconds

Phantom deletes
    [Documentation]    Two users delete the same file: that is no conflict, and the file stays deleted.
    [Tags]    P-2.2.7    priority:medium
    Given Alice, Bob and Carol share a folder
     When Alice writes file "plan.txt"
     Then all folders should be equal within 30 seconds
     When Bob and Carol go offline
      And Bob deletes file "plan.txt"
      And Carol deletes file "plan.txt"
      And Bob and Carol come online
     Then file "plan.txt" should be deleted everywhere within 30 seconds
      And nothing should be transferred for 5 seconds
